"""For tests of jobs: does one come to the same end, with the same effects, wherever it is stopped?

    def test_the_bills_are_written_once(kernel, enqueue, bills_of):
        prove(kernel, enqueue, effects=bills_of)

Runs the job in this process: once as it is, and then anew for every place where it can be interrupted, can fail, or
can lose its worker. The clock is held meanwhile; who waits does not have to.
"""

import threading
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from sqlalchemy.orm import Session

from . import clock, sweep
from .kernel import Kernel
from .models import Job
from .states import FINISHED, IN_HAND, State

MOST_ROUNDS = 10_000


class Fault(StrEnum):
    """What can happen to a job. All but the first happen at one of its write transactions."""

    INTERRUPTED = "interrupted at safe point"
    FAILED = "failed in write transaction"
    KILLED_BEFORE = "killed before the commit of write transaction"
    KILLED_AFTER = "killed after the commit of write transaction"
    FROZEN = "frozen until another worker was done, before write transaction"


class NotTheSame(AssertionError):
    """A job that was stopped on its way did not come to the same end as one that was not."""


class Killed(BaseException):
    """The worker is gone: nobody cleans up, settles or says anything."""


class Stumbled(Exception):
    """An error in the midst of a transaction."""


@dataclass
class Course:
    """How a job went: what it was at its end, and how many attempts, safe points and write transactions it took."""

    job: Job
    attempts: int = 0
    safe_points: int = 0
    writes: int = 0


def prove(
    kernel: Kernel, enqueue: Callable[[], Job], effects: Callable[[Job], Any], faults: Collection[Fault] = tuple(Fault)
) -> Course:
    """Runs a job that `enqueue` makes again and again, each time with one fault at another place, and once stopped at
    every safe point. Answers the course of the one that nothing happened to.

    Raises NotTheSame if one of them ends otherwise, or its `effects` are not the same.
    """
    plain = run_to_end(kernel, enqueue().id)
    expected = _end_of(plain.job), effects(plain.job)
    for fault, place in _faults(plain, faults):
        job = run_to_end(kernel, enqueue().id, fault, place).job
        found = _end_of(job), effects(job)
        if found != expected:
            raise NotTheSame(f"{fault} {place or 'after safe point'}: it came to {found}, and not to {expected}")
    return plain


def run_to_end(kernel: Kernel, job_id: str, fault: Fault | None = None, place: int = 0) -> Course:
    """Runs a job in this process until it has ended, through everything that befalls it.

    The fault happens once, at the `place`-th safe point or write transaction; with 0, at each of them.
    """
    run = Run(kernel, job_id, fault, place)
    with clock.held(clock.now()) as forward, run.watched():
        run.forward = forward
        for _ in range(MOST_ROUNDS):
            if run.has_ended():
                return run.course
    raise NotTheSame(f"{fault} {place}: it came to no end in {MOST_ROUNDS:,} rounds")


class Run:
    """A job on its way to its end, with one fault lying in wait for it."""

    forward: Callable[[float], None]

    def __init__(self, kernel: Kernel, job_id: str, fault: Fault | None, place: int):
        self._kernel, self._fault, self._place = kernel, fault, place
        self._writing, self._thread = kernel.writing, threading.get_ident()
        self.course = Course(self._find(job_id))

    @contextmanager
    def watched(self) -> Iterator[None]:
        """The kernel, with the fault built in."""
        stopping = next(iter(self._kernel.engines.values())).huey.hooks.stopping
        stopping.append(self._is_stopping)
        self._kernel.writing = self._stumbling
        try:
            yield
        finally:
            self._kernel.writing = self._writing
            stopping.remove(self._is_stopping)

    def has_ended(self) -> bool:
        """One step on the way; answers whether it was the last."""
        job = self.course.job = self._find(self.course.job.id)
        if job.state == State.FAILED and self._fault is Fault.FAILED and job.error_message:
            self._fault = None
            self._kernel.retry(job.id)
        elif job.state in FINISHED:
            return True
        elif job.state == State.QUEUED:
            self.course.attempts += 1
            with suppress(Killed, Stumbled):
                self._kernel.run(job.id)
        else:
            self._let_time_pass(job)
        return False

    def _let_time_pass(self, job: Job) -> None:
        if job.state in IN_HAND:
            self.forward(self._kernel.settings.lease_seconds + 1)
        else:
            self.forward(max(0.0, job.run_at - clock.now()))
        sweep.rescue(self._writing)
        sweep.release_due(self._writing)
        sweep.unblock(self._writing)

    def _is_stopping(self) -> bool:
        self.course.safe_points += 1
        return self._fault is Fault.INTERRUPTED and self._place in {0, self.course.safe_points}

    @contextmanager
    def _stumbling(self) -> Iterator[Session]:
        fault = self._fault_of_write()
        if fault is Fault.FROZEN:
            self._be_overtaken()
        with self._writing() as session:
            yield session
            if fault is Fault.KILLED_BEFORE:
                raise Killed
            if fault is Fault.FAILED:
                raise Stumbled
        if fault is Fault.KILLED_AFTER:
            raise Killed

    def _fault_of_write(self) -> Fault | None:
        """The fault of this very write transaction. A heartbeat's do not count: nobody knows when they come."""
        if threading.get_ident() != self._thread:
            return None
        self.course.writes += 1
        return self._fault if self._fault is not Fault.INTERRUPTED and self.course.writes == self._place else None

    def _be_overtaken(self) -> None:
        """The worker stands still for longer than its lease; another takes the job meanwhile, and does all of it."""
        self.forward(self._kernel.settings.lease_seconds + 1)
        sweep.rescue(self._writing)
        self._kernel.run(self.course.job.id)

    def _find(self, job_id: str) -> Job:
        job = self._kernel.find(job_id)
        assert job is not None, "there is such a job"
        return job


def _faults(plain: Course, faults: Collection[Fault]) -> Iterator[tuple[Fault, int]]:
    for fault in faults:
        places = plain.safe_points if fault is Fault.INTERRUPTED else plain.writes
        yield from ((fault, place) for place in range(1, places + 1))
    if Fault.INTERRUPTED in faults:
        yield Fault.INTERRUPTED, 0


def _end_of(job: Job) -> tuple[str, int, int | None, int]:
    return job.state, job.processed, job.total, job.failed_items
