"""The heartbeat: a thread of the process that extends the leases of its attempts, however long their batches take."""

import contextvars
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial

from . import clock, ledger
from .complaints import Complaints
from .models import Job
from .surroundings import Transaction

complaints = Complaints()


class Grip:
    """What a worker has in hand: the job of its attempt, and after that the next one's."""

    def __init__(self, job: Job):
        self.job = job


@contextmanager
def heartbeat(job: Job, writing: Transaction, lease: float) -> Iterator[Grip]:
    """Extends the lease of what is in the grip, at first `job`, three times in its length, while the block runs."""
    grip = Grip(job)
    beat = partial(_beat, grip, writing, lease)
    # `writing` may need what surrounds the attempt, such as Flask's application context, which no new thread has.
    with _heart(os.getpid(), lease / 3).beating(partial(contextvars.copy_context().run, beat)):
        yield grip


class Heart:
    """One thread for all attempts of a process, while there are any: attempts that end at once start none."""

    def __init__(self, interval: float):
        self._interval = interval
        self._beats: list[Callable[[], object]] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def beating(self, beat: Callable[[], object]) -> Iterator[None]:
        """Calls `beat` every `interval` seconds, first within one, until the block ends."""
        with self._lock:
            self._beats.append(beat)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            with self._lock:
                self._beats.remove(beat)

    def _run(self) -> None:
        while True:
            time.sleep(self._interval)
            with self._lock:
                beats = list(self._beats)
                if not beats:
                    self._thread = None
                    return
            for beat in beats:
                beat()


@cache
def _heart(_pid: int, interval: float) -> Heart:
    """The heart of this very process: threads do not come along into a forked one."""
    return Heart(interval)


def _beat(grip: Grip, writing: Transaction, lease: float) -> None:
    """Extends the lease, if there is still one to extend: an attempt that was fenced out finds that out by itself."""
    job = grip.job
    try:
        with writing() as session:
            ledger.extend(session, job.id, job.token, clock.now() + lease)
    except Exception as error:
        complaints.tell("heartbeat", "job %s missed a heartbeat: %s", job.id, error)
