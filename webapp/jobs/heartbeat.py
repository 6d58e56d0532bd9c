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
from .surroundings import Transaction

complaints = Complaints()


@contextmanager
def heartbeat(job_id: str, token: int, writing: Transaction, lease: float) -> Iterator[None]:
    """Extends the lease three times in its length while the `with` block runs, or until it is fenced out."""
    beat = partial(_beat, job_id, token, writing, lease)
    # `writing` may need what surrounds the attempt, such as Flask's application context, which no new thread has.
    with _heart(os.getpid(), lease / 3).beating(partial(contextvars.copy_context().run, beat)):
        yield


class Heart:
    """One thread for all attempts of a process, while there are any: attempts that end at once start none."""

    def __init__(self, interval: float):
        self._interval = interval
        self._beats: list[Callable[[], bool]] = []
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    @contextmanager
    def beating(self, beat: Callable[[], bool]) -> Iterator[None]:
        """Calls `beat` every `interval` seconds, first within one, until it answers False or the block ends."""
        with self._lock:
            self._beats.append(beat)
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)
                self._thread.start()
        try:
            yield
        finally:
            self._stop(beat)

    def _run(self) -> None:
        while True:
            time.sleep(self._interval)
            with self._lock:
                beats = list(self._beats)
                if not beats:
                    self._thread = None
                    return
            for beat in beats:
                if not beat():
                    self._stop(beat)

    def _stop(self, beat: Callable[[], bool]) -> None:
        with self._lock:
            if beat in self._beats:
                self._beats.remove(beat)


@cache
def _heart(_pid: int, interval: float) -> Heart:
    """The heart of this very process: threads do not come along into a forked one."""
    return Heart(interval)


def _beat(job_id: str, token: int, writing: Transaction, lease: float) -> bool:
    """Extends the lease; answers whether there is still one to extend."""
    try:
        with writing() as session:
            return ledger.extend(session, job_id, token, clock.now() + lease) is not None
    except Exception as error:
        complaints.tell("heartbeat", "job %s missed a heartbeat: %s", job_id, error)
        return True
