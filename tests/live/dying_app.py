"""An application whose workers kill themselves at a commit: `python dying_app.py FOLDER` runs its consumer.

A job says at which commit its worker dies, by the place to which that brings the job, and whether before or after it.
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
IN_HAND = text("SELECT id FROM jobs WHERE worker LIKE :me ORDER BY lease_until DESC")
PLACE = text(
    "SELECT id, state || coalesce(' at ' || cursor, '') AS place, arguments ->> 'place' AS doom,"
    " arguments ->> 'moment' AS moment FROM jobs WHERE id = :id"
)
EFFECT = text("INSERT INTO effects (job, item) VALUES (:job, :item)")


class NoCache(dict[str, Any]):
    def set(self, key: str, value: Any, timeout: int | None = None) -> None:
        """Nobody looks."""


def do(session: Session, job_id: str, batch: list[int]) -> None:
    """The effects of a batch: a row for each item."""
    session.execute(EFFECT, [{"job": job_id, "item": item} for item in batch])


@job("dying.iterate")
def iterate(job: Attempt, *, place: str, moment: str) -> None:
    """A thousand rows in the iteration style."""
    for batch in job.iterate(array(range(ROWS)), size=SIZE):
        with job.batch() as session:
            do(session, job.id, batch)


@job("dying.steps")
def take_steps(job: Attempt, *, place: str, moment: str) -> None:
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
            held_before = self._in_hand(session)
            yield session
            claimed = [job_id for job_id in self._in_hand(session) if job_id not in held_before]
            moments = [self._moment_of_death(session, job_id) for job_id in held_before + claimed]
            moment = next(filter(None, moments), None)  # the end of one job may be the claim of the next
            if moment == "before":
                os.kill(os.getpid(), signal.SIGKILL)
        if moment == "after":
            os.kill(os.getpid(), signal.SIGKILL)

    def _in_hand(self, session: Session) -> list[str]:
        """The ids of the jobs that this process holds: one it works at, and others that it lost and nobody has yet."""
        if threading.current_thread() is not threading.main_thread():
            return []
        return list(session.scalars(IN_HAND, {"me": f"%.{os.getpid()}.%"}))

    def places_of(self, job_id: str) -> list[str]:
        """The places to which the commits of a job brought it, in order, each once."""
        return list(dict.fromkeys((self._folder / f"places-of-{job_id}").read_text().splitlines()))

    def has_killed_for(self, job_id: str) -> bool:
        """Whether a worker died because of this job."""
        return self._mark_of(job_id).exists()

    def _mark_of(self, job_id: str) -> Path:
        return self._folder / f"died-for-{job_id}"

    def _moment_of_death(self, session: Session, job_id: str) -> str | None:
        """Whether this worker dies before or after the next commit; None if it lives. It dies once for a job."""
        job = session.execute(PLACE, {"id": job_id}).one()
        with (self._folder / f"places-of-{job_id}").open("a") as places:
            print(job.place, file=places)
        if job.place != job.doom or self.has_killed_for(job_id):
            return None
        self._mark_of(job_id).touch()
        return str(job.moment)


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    Application(Path(sys.argv[1])).kernel.engines["main"].consume()
