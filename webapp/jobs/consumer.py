"""Huey's consumer, stopping as promised: SIGTERM and SIGINT, once or often, to parent or child, mean the same.

Workers finish the batch in hand, hand their job back and end; whoever is not done after `GRACE` seconds is killed,
and his job returns by its lease. A worker dies with its parent. The scheduler process does the kernel's housekeeping.
"""

import ctypes
import gc
import logging
import os
import signal
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from huey.consumer import Consumer, Scheduler, Worker, WorkerRecycle

from .complaints import Complaints
from .storage import MessageNotStored

GRACE = 8.0
PR_SET_PDEATHSIG = 1

log = logging.getLogger("webapp.jobs")
complaints = Complaints()


@dataclass
class ConsumerHooks:
    """What the kernel does inside the consumer's processes."""

    forked: Callable[[], None]
    housekeep: Callable[[], None]
    sign_out: Callable[[], None]
    run_unasked: Callable[[Exception], None]
    stopping: list[Callable[[], bool]] = field(default_factory=list)

    def is_stopping(self) -> bool:
        """Whether the process that asks should come to its end."""
        return any(asked() for asked in self.stopping)


class StopAsked:
    """Set by a signal to this very process."""

    def __init__(self) -> None:
        self._asked = False

    def __call__(self, *_signal: Any) -> None:
        """The signal's handler."""
        self._asked = True

    def is_set(self) -> bool:
        """Whether the signal came."""
        return self._asked


class PatientWorker(Worker):  # type: ignore[misc]
    """A worker that ends between two jobs when it was asked to.

    It does not need Huey's ways of revoking, repeating and reporting a task, which all go through the queue's file. A
    queue that does not answer only costs it the bell: it looks for work by itself.
    """

    def loop(self, now: Any = None) -> None:
        """Takes and runs one task, or ends."""
        if self.huey.hooks.is_stopping():
            raise WorkerRecycle
        try:
            if (task := self._next()) is not None:
                task.execute()
        except Exception as error:
            complaints.tell(type(error), "a worker stumbled and goes on", level=logging.ERROR, error=error)
            self.stop_flag.wait(1.0)

    def _next(self) -> Any:
        try:
            return self.huey.dequeue()
        except (sqlite3.Error, OSError, MessageNotStored) as error:
            self.stop_flag.wait(1.0)
            self.huey.hooks.run_unasked(error)
            return None


class Housekeeper(Scheduler):  # type: ignore[misc]
    """The consumer's scheduler process: once a second it does the kernel's housekeeping instead of Huey's."""

    def loop(self, now: Any = None) -> None:
        """One round."""
        self.huey.hooks.housekeep()
        if self.stop_flag.wait(1.0) or self.huey.hooks.is_stopping():
            raise WorkerRecycle

    def shutdown(self) -> None:
        """The consumer ends as it should."""
        self.huey.hooks.sign_out()


class GracefulConsumer(Consumer):  # type: ignore[misc]
    """A consumer for process workers."""

    worker_class = PatientWorker
    scheduler_class = Housekeeper

    def __init__(self, huey: Any, **options: Any):
        super().__init__(huey, **{**options, "shutdown_timeout": GRACE})
        self._signal_actions = dict.fromkeys((signal.SIGTERM, signal.SIGINT), (False, True))
        self._parent = os.getpid()
        self.environment.init_child = self._init_child

    def stop(self, graceful: bool = False) -> None:
        """Stops the workers; those that do not come to a batch's end in time are killed."""
        super().stop(graceful)
        for _, process in self.worker_threads:
            if process.is_alive():
                log.warning("worker %s did not stop in %.0f s and is killed; its job comes back", process.pid, GRACE)
                process.kill()
        if self.scheduler.is_alive():  # it waits for a database, and has nothing to lose
            self.scheduler.kill()

    def _handle_signal(self, signum: int, frame: Any) -> None:
        self._signum = signum
        self._restart, self._graceful = self._signal_actions[signal.Signals(signum)]

    def _init_child(self, _process: Any) -> None:
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != self._parent:
            os._exit(1)
        asked = StopAsked()
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, asked)
        gc.freeze()  # what the parent has made stays: no collection need go through it, nor copy its memory
        self.huey.hooks.stopping[:] = [asked.is_set, self.stop_flag.is_set]
        self.huey.hooks.forked()
