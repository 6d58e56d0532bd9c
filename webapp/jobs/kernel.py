"""The kernel: one object an application makes once, and asks for everything."""

import logging
import os
import secrets
import socket
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from functools import cache
from typing import Any

from sqlalchemy.orm import Session

from . import control, queries, requests, runner
from .check import Checkup, check
from .commits import after_commit
from .complaints import Complaints
from .consumer import ConsumerHooks
from .engine import Engine, Pool
from .errors import UnknownQueue
from .housekeeping import Housekeeping
from .locks import lock
from .models import Job
from .outages import noticing, reason_of
from .places import storage_for
from .pruning import DAY, Pruned, Pruner
from .queues import Queues
from .registry import Handler, handlers
from .schedules import Schedules
from .settings import Settings
from .states import State
from .status import Cache, StatusBoard
from .surroundings import Surroundings, Transaction

log = logging.getLogger("webapp.jobs")


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
        self.complaints = Complaints()
        self.status = StatusBoard(cache, settings.status_seconds, self.complaints)
        self.schedules, self.queues = Schedules(self), Queues(self)
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
        interrupt_when: dict[str, Any] | None = None,
        **arguments: Any,
    ) -> Job:
        """Adds a job in the caller's own transaction, and delivers it once that is committed.

        `subject` is what it is about, as (kind, id). `submission_key` makes it idempotent for its owner: the job
        that the key already made is answered instead. `delay` is in seconds; `arguments` are JSON values.
        Raises TooManyActiveJobs or ConcurrencyConflict; nothing is stored then.
        """
        self._engine_for(handler.name, handler.queue)
        if owner is not None:
            lock(session, f"owner:{owner}")
            if submission_key and (known := requests.submitted(session, owner, submission_key)):
                return known
        request = requests.Request(
            handler, owner, subject, title, arguments, submission_key, total, delay, interrupt_when
        )
        job = requests.take_in(session, request, self.settings.active_limit)
        after_commit(session, lambda: self.announce(job))
        return job

    def cancel(self, job_id: str, *, by: str | None = None) -> Job:
        """Cancels a waiting job at once, asks a running one to stop at its next batch; asking twice is harmless.

        `by` is who asks, here and below, as the job's history is to name them.
        Raises JobNotFound, or AlreadyFinished for a job that has ended.
        """
        return self._ask(control.cancel, job_id, by=by)

    def pause(self, job_id: str, *, by: str | None = None) -> Job:
        """Pauses a waiting job at once, asks a running one to save its place. Raises what `control.pause` does."""
        return self._ask(control.pause, job_id, by=by)

    def resume(self, job_id: str, *, by: str | None = None) -> Job:
        """Goes on with a paused job. Raises what `control.resume` does."""
        return self._ask(control.resume, job_id, self.settings.active_limit, by=by)

    def interrupt(self, job_id: str, *, by: str | None = None, **when: Any) -> Job:
        """Interrupts a job once, at its next safe point or where `when` says. Raises what `control.interrupt` does."""
        return self._ask(control.interrupt, job_id, when, by=by)

    def retry(self, job_id: str, *, by: str | None = None) -> Job:
        """Tries a failed job again from its checkpoint. Raises what `control.retry` does."""
        return self._ask(control.retry, job_id, self.settings.active_limit, by=by)

    def discard(self, job_id: str, *, by: str | None = None) -> Job:
        """Gives a failed job up. Raises what `control.discard` does."""
        return self._ask(control.discard, job_id, by=by)

    def find(self, job_id: str) -> Job | None:
        """The job, fresh from the ledger, or None."""
        with self.reading() as session:
            return queries.find(session, job_id)

    # -- what workers do ---------------------------------------------------------------------------------------

    def run(self, job_id: str) -> bool:
        """Runs the job in this process, if it is to be had; answers whether it was."""
        with self._context():
            return runner.run(job_id, _worker_name(os.getpid()), self._surroundings())

    def run_next(self, pool: str) -> bool:
        """Runs, in this process, the job that comes next in the queues of a pool; answers whether there was one."""
        with self._context():
            queues = self.engines[pool].pool.queues
            return runner.run_next(queues, _worker_name(os.getpid()), self._surroundings())

    def work(self, pool: str) -> None:
        """Runs, in this process, the jobs of a pool's queues one after the other, while there are any."""
        engine, worker = self.engines[pool], _worker_name(os.getpid())
        with self._context():
            runner.work(engine.pool.queues, worker, self._surroundings(), engine.drop_message)

    def _run_unasked(self, pool: str, error: Exception) -> None:
        """The queue of a pool does not answer: its workers look into the ledger by themselves."""
        message = "the queue does not answer (%s); the workers of pool %s look for jobs without it"
        self.complaints.tell("queue", message, reason_of(error), pool)
        self.run_next(pool)

    def publish(self, *jobs: Job | str) -> None:
        """Brings the cached pictures of jobs up to date: of these very ones, or of those with these ids."""
        found = [self.find(job) if isinstance(job, str) else job for job in jobs]
        self.status.publish(*filter(None, found))

    def _ask(self, verb: Callable[..., Job], job_id: str, *details: Any, by: str | None) -> Job:
        with self.writing() as session:
            job = verb(session, job_id, *details, by=by)
        self.announce(job)
        return job

    def _surroundings(self) -> Surroundings:
        stopping = [engine.huey.hooks.is_stopping for engine in self.engines.values()]
        return Surroundings(
            noticing(self.writing),
            self.reading,
            self.settings.lease_seconds,
            self.publish,
            self.announce,
            self.status.publish_soon,
            lambda: any(asked() for asked in stopping),
            self.complaints,
        )

    # -- what operators ask ------------------------------------------------------------------------------------

    def check(self) -> Checkup:
        """Looks for whatever is wrong with the whole configuration; starts nothing."""
        return check(self, handlers())

    def prune(self, keep_days: float | None = None) -> Pruned:
        """Removes the jobs that ended longer ago than that (the setting's, unless said), a few at a time."""
        days = self.settings.keep_days if keep_days is None else keep_days
        return Pruner(self.reading, self.writing, days * DAY).all()

    # -- delivery ----------------------------------------------------------------------------------------------

    def deliver(self, engine: Engine, job_id: str, queue: str) -> None:
        """Sends the job's message. Should that fail, the sweep sends it: the job itself is safe in the ledger."""
        try:
            engine.deliver(job_id, queue)
        except Exception as error:
            self.complaints.tell("delivery", "job %s, perhaps others too, not delivered yet: %s", job_id, error)

    def announce(self, *jobs: Job) -> None:
        """Shows jobs as they are now, and delivers those that are queued."""
        self.publish(*jobs)
        for job in jobs:
            if job.state == State.QUEUED:
                self.deliver(self._engine_for(job.handler, job.queue), job.id, job.queue)

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
            run_unasked=lambda error: self._run_unasked(pool.name, error),
        )
        work = lambda _job_id: self.work(pool.name)  # noqa: E731
        storage = storage_for(self.settings.queue_file, self.settings.queue_url)
        return Engine(pool, storage, self.settings.secret, work, hooks)

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


@cache
def _worker_name(pid: int) -> str:
    """A name that no other process has, had or will have."""
    return f"{socket.gethostname()}.{pid}.{secrets.token_hex(4)}"
