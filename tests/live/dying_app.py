"""An application whose workers kill themselves at a commit: `python dying_app.py FOLDER` runs its consumer.

A job says at which commit of its own its worker dies, counted from 1, its claim, and whether before or after it.
"""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from webapp.jobs import Attempt, Kernel, Ledger, Pool, Settings, Step, array, job

ROWS, SIZE = 1_000, 50
WORKERS = 6
LEASE = 1.0
IN_HAND = text(
    "SELECT id, arguments ->> 'commit' AS doom, arguments ->> 'moment' AS moment FROM jobs WHERE worker LIKE :me"
)
EFFECT = text("INSERT INTO effects (job, item) VALUES (:job, :item)")


class NoCache(dict[str, Any]):
    def set(self, key: str, value: Any, timeout: int | None = None) -> None:
        """Nobody looks."""


def do(session: Session, job_id: str, batch: list[int]) -> None:
    """The effects of a batch: a row for each item."""
    session.execute(EFFECT, [{"job": job_id, "item": item} for item in batch])


@job("dying.iterate")
def iterate(job: Attempt, *, commit: int, moment: str) -> None:
    """A thousand rows in the iteration style."""
    for batch in job.iterate(array(range(ROWS)), size=SIZE):
        with job.batch() as session:
            do(session, job.id, batch)


@job("dying.steps")
def take_steps(job: Attempt, *, commit: int, moment: str) -> None:
    """A thousand rows in the steps style: half of them by a cursor of the step's own, half by iteration."""

    @job.step("first half")
    def first_half(step: Step) -> None:
        for start in range(step.cursor or 0, ROWS // 2, SIZE):
            with step.batch(start + SIZE) as session:
                do(session, job.id, list(range(start, start + SIZE)))

    @job.step("second half")
    def second_half(step: Step) -> None:
        for batch in step.iterate(array(range(ROWS // 2, ROWS)), size=SIZE):
            with step.batch() as session:
                do(session, job.id, batch)


class Application:
    """The application in one folder, in the consumer and in the test alike."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._engine = create_engine(f"sqlite:///{folder}/ledger.db", connect_args={"timeout": 20}, pool_size=0)
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        pools = [Pool("main", ("default",), WORKERS)]
        settings = Settings(pools, folder / "queue.db", b"secret", lease_seconds=LEASE)
        self.kernel = Kernel(settings, self._deadly, self._session, NoCache(), forked=self._forget)
        self._commits: dict[str, int] = {}

    def make(self) -> None:
        """Makes its tables."""
        Ledger.metadata.create_all(self._engine)
        with self._session() as session:
            session.execute(text("CREATE TABLE effects (job TEXT, item INTEGER)"))

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    def _forget(self) -> None:
        self._engine.dispose(close=False)

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def _deadly(self) -> Iterator[Session]:
        """A transaction at whose commit this worker may die; not one of the heartbeat, nor of the housekeeping."""
        with self._session() as session:
            before = self._in_hand(session)
            yield session
            moment = self._moment_of_death(before or self._in_hand(session))
            if moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    def _in_hand(self, session: Session) -> Any:
        """The job that this process holds."""
        if threading.current_thread() is not threading.main_thread():
            return None
        return session.execute(IN_HAND, {"me": f"%.{os.getpid()}.%"}).first()

    def commits_of(self, job_id: str) -> int:
        """How many commits the last attempt at a job had."""
        return int((self._folder / f"commits-of-{job_id}").read_text())

    def has_killed_for(self, job_id: str) -> bool:
        """Whether a worker died because of this job."""
        return self._mark_of(job_id).exists()

    def _mark_of(self, job_id: str) -> Path:
        return self._folder / f"died-for-{job_id}"

    def _moment_of_death(self, job: Any) -> str | None:
        """Whether this worker dies before or after the next commit; None if it lives. It dies once for a job."""
        if job is None:
            return None
        commits = self._commits[job.id] = self._commits.get(job.id, 0) + 1
        (self._folder / f"commits-of-{job.id}").write_text(str(commits))
        if commits != job.doom or self.has_killed_for(job.id):
            return None
        self._mark_of(job.id).touch()
        return str(job.moment)


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    Application(Path(sys.argv[1])).kernel.engines["main"].consume()
