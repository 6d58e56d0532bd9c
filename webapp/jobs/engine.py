"""The engine that delivers: one Huey instance for each pool. Only this module and its neighbours import huey."""

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from huey import Huey

from .consumer import ConsumerHooks, GracefulConsumer
from .messages import AlteredMessage, SignedJson

log = logging.getLogger("webapp.jobs")

CONSUMER = {"worker_type": "process", "graceful_signal": "TERM", "periodic": False, "health_check_interval": 1}
"""What our promises about dying and stopping rest on: workers are processes, and a dead one is replaced in a second."""


@dataclass(frozen=True)
class Pool:
    """The queues that one consumer serves, in their order of priority, with so many worker processes."""

    name: str
    queues: tuple[str, ...]
    workers: int

    def priority(self, queue: str) -> int:
        """Higher goes first: the first queue of the pool has the highest."""
        return len(self.queues) - self.queues.index(queue)


class PoolHuey(Huey):  # type: ignore[misc]
    """A Huey that refuses altered messages with one log line, and whose consumer stops as DESIGN §3 promises."""

    hooks: ConsumerHooks

    def dequeue(self) -> Any:
        """The next task, or None."""
        try:
            return super().dequeue()
        except AlteredMessage as error:
            log.error("pool %s: %s", self.name, error)
            return None

    def create_consumer(self, **options: Any) -> GracefulConsumer:
        """The consumer; also for the stock `huey_consumer` command, whatever kind of worker that would take."""
        return GracefulConsumer(self, **{**options, **CONSUMER})


class Engine:
    """Delivers the ids of jobs to the worker processes of one pool."""

    def __init__(
        self,
        pool: Pool,
        storage: Mapping[str, Any],
        secret: bytes,
        run: Callable[[str], Any],
        hooks: ConsumerHooks,
    ):
        self.pool = pool
        self.huey = PoolHuey(pool.name, results=False, serializer=SignedJson(secret), **storage)
        self.huey.hooks = hooks
        self._task = self.huey.task(name="run_job")(run)

    def deliver(self, job_id: str, queue: str) -> None:
        """Puts a message for this job on the pool's queue."""
        self.huey.enqueue(self._task.s(job_id, priority=self.pool.priority(queue)))

    def drop_message(self) -> None:
        """Takes a message off the pool's queue, if there is one: that of a job which a worker took without it."""
        try:
            self.huey.storage.take()
        except Exception as error:
            log.warning("pool %s: a message too many stays on its queue: %s", self.pool.name, error)

    def waiting(self) -> int:
        """How many messages nobody has taken yet."""
        return int(self.huey.storage.queue_size())

    def consume(self) -> None:
        """Runs the consumer in this process, which may be a forked one, until it is told to stop."""
        self.huey.hooks.forked()
        self.huey.create_consumer(workers=self.pool.workers).run()
