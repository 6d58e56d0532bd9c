"""The kernel: one object an application makes once, and asks for everything."""

import json
import logging
import os
import secrets
import socket
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from . import clock, ledger, queries, runner
from .attempt import Surroundings, Transaction
from .commits import after_commit
from .consumer import ConsumerHooks
from .engine import Engine, Pool
from .errors import AlreadyFinished, JobNotFound, TooManyActiveJobs, UnknownQueue
from .housekeeping import Housekeeping
from .models import Job
from .registry import Handler
from .states import FINISHED, IN_HAND, WORDS, State
from .status import Cache, StatusBoard

log = logging.getLogger("webapp.jobs")


@dataclass(frozen=True)
class Settings:
    """How a kernel is set up: its pools, the file of its queues, the secret of its messages, and its measures."""

    pools: Sequence[Pool]
    queue_file: Path
    secret: bytes
    active_limit: int = 10
    lease_seconds: float = 15.0
    status_seconds: int = 24 * 3600


class Kernel:
    """Takes jobs, delivers them, runs them, and tells how they stand. Needs two kinds of session and a cache.

    `writing` and `reading` make sessions: the first in a transaction that commits at its end, the second to look.
    `context` surrounds everything that runs in a worker; `forked` is called in each new worker process.
    """

    def __init__(
        self,
        settings: Settings,
        writing: Transaction,
        reading: Transaction,
        cache: Cache,
        context: Callable[[], AbstractContextManager[Any]] = nullcontext,
        forked: Callable[[], None] = lambda: None,
    ):
        self.settings = settings
        self.writing, self.reading = writing, reading
        self.status = StatusBoard(cache, settings.status_seconds)
        self._context, self._forked = context, forked
        self._housekeeping: dict[str, Housekeeping] = {}
        self.engines = {pool.name: self._engine(pool) for pool in settings.pools}

    # -- what callers ask --------------------------------------------------------------------------------------

    def enqueue(
        self,
        session: Session,
        handler: Handler,
        *,
        owner: int | None,
        subject: tuple[str, object],
        title: str,
        submission_key: str | None = None,
        total: int | None = None,
        delay: float = 0,
        **arguments: Any,
    ) -> Job:
        """Adds a job in the caller's own transaction, and delivers it once that is committed.

        `subject` is what it is about, as (kind, id). `submission_key` makes it idempotent for its owner: the job
        that the key already made is answered instead. `delay` is in seconds; `arguments` are JSON values.
        Raises TooManyActiveJobs; nothing is stored then.
        """
        engine = self._engine_for(handler.name, handler.queue)
        if owner is not None and submission_key and (known := queries.submitted(session, owner, submission_key)):
            return known
        values = _request(handler, owner, subject, title, delay, arguments)
        values |= {"submission_key": submission_key, "total": total}
        limit = None if owner is None else self.settings.active_limit
        if not ledger.add(session, values, limit):
            raise TooManyActiveJobs(limit=limit, names=", ".join(queries.active_titles(session, owner)))
        job = session.get_one(Job, values["id"])
        after_commit(session, lambda: self._announce(engine, job.id, job.queue, due=delay <= 0))
        return job

    def cancel(self, job_id: str) -> Job:
        """Cancels a waiting job at once, asks a running one to stop at its next batch; asking twice is harmless.

        Raises JobNotFound, or AlreadyFinished for a job that has ended.
        """
        with self.writing() as session:
            job = queries.find(session, job_id)
            if job is None:
                raise JobNotFound(id=job_id)
            if job.state in FINISHED:
                raise AlreadyFinished(words=WORDS[State(job.state)])
            job = _cancelled(session, job)
        self.status.publish(job)
        return job

    def find(self, job_id: str) -> Job | None:
        """The job, fresh from the ledger, or None."""
        with self.reading() as session:
            return queries.find(session, job_id)

    # -- what workers do ---------------------------------------------------------------------------------------

    def run(self, job_id: str) -> bool:
        """Runs the job in this process, if it is to be had; answers whether it was."""
        with self._context():
            return runner.run(job_id, _worker_name(os.getpid()), self._surroundings())

    def publish(self, job_id: str) -> None:
        """Brings the cached picture of a job up to date."""
        job = self.find(job_id)
        if job is not None:
            self.status.publish(job)

    def _surroundings(self) -> Surroundings:
        stopping = [engine.huey.hooks.is_stopping for engine in self.engines.values()]
        return Surroundings(
            self.writing, self.settings.lease_seconds, self.publish, lambda: any(asked() for asked in stopping)
        )

    # -- delivery ----------------------------------------------------------------------------------------------

    def deliver(self, engine: Engine, job_id: str, queue: str) -> None:
        """Sends the job's message. Should that fail, the sweep sends it: the job itself is safe in the ledger."""
        try:
            engine.deliver(job_id, queue)
        except Exception as error:
            log.warning("job %s not delivered yet: %s", job_id, error)

    def _announce(self, engine: Engine, job_id: str, queue: str, *, due: bool) -> None:
        self.publish(job_id)
        if due:
            self.deliver(engine, job_id, queue)

    def _engine_for(self, handler: str, queue: str) -> Engine:
        for engine in self.engines.values():
            if queue in engine.pool.queues:
                return engine
        raise UnknownQueue(name=handler, queue=queue)

    def _engine(self, pool: Pool) -> Engine:
        hooks = ConsumerHooks(
            forked=self._forked,
            housekeep=lambda: self.housekeep(pool.name),
            sign_out=lambda: self.sign_out(pool.name),
        )
        return Engine(pool, self.settings.queue_file, self.settings.secret, self.run, hooks)

    def housekeep(self, pool: str) -> None:
        """One round of housekeeping for a pool, as its consumer does every second."""
        with self._context():
            self._housekeeping_of(pool).round()

    def sign_out(self, pool: str) -> None:
        """The consumer of a pool ends as it should."""
        with self._context():
            self._housekeeping_of(pool).close()

    def _housekeeping_of(self, pool: str) -> Housekeeping:
        if pool not in self._housekeeping:
            self._housekeeping[pool] = Housekeeping(self, self.engines[pool])
        return self._housekeeping[pool]


def _request(
    handler: Handler,
    owner: int | None,
    subject: tuple[str, object],
    title: str,
    delay: float,
    arguments: dict[str, Any],
) -> dict[str, Any]:
    """The columns of a new job. Raises TypeError for arguments that the handler does not take or JSON does not know."""
    if set(arguments) != handler.parameters:
        raise TypeError(f"{handler.name} takes {sorted(handler.parameters)}, not {sorted(arguments)}")
    at, (kind, subject_id) = clock.now(), subject
    return {
        "id": secrets.token_hex(8),
        "handler": handler.name,
        "queue": handler.queue,
        "arguments": json.loads(json.dumps(arguments)),
        "title": title[:300],
        "kind": kind,
        "subject_id": str(subject_id),
        "owner_id": owner,
        "state": State.SCHEDULED if delay > 0 else State.QUEUED,
        "unit": handler.unit,
        "run_at": at + delay,
        "delivered_at": None if delay > 0 else at,
        "created_at": at,
        "updated_at": at,
    }


def _cancelled(session: Session, job: Job) -> Job:
    at = clock.now()
    if job.state == State.CANCELLING:
        return job
    if job.state in IN_HAND:
        moved = ledger.move(session, job.id, State.CANCELLING, at=at, event="cancelling")
    else:
        outcome = runner.kept(job.processed, job.total, job.unit)
        moved = ledger.move(
            session, job.id, State.CANCELLED, at=at, event="cancelled", detail=outcome, outcome=outcome, completed_at=at
        )
    return moved or job


@cache
def _worker_name(pid: int) -> str:
    """A name that no other process has, had or will have."""
    return f"{socket.gethostname()}.{pid}.{secrets.token_hex(4)}"
