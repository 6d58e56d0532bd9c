"""The one clock of the kernel: seconds since the epoch, UTC, and the seconds that really pass. Tests hold both here.

The first may be set forward or back at any moment. So nothing that is a length of time is measured by it within one
process; `monotonic` is for that.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_source: Callable[[], float] = time.time
_passing: Callable[[], float] = time.monotonic
_sleep: Callable[[float], None] = time.sleep


def now() -> float:
    """The present, in seconds since the epoch."""
    return _source()


def monotonic() -> float:
    """Seconds since some moment or other; nobody sets this clock, so it tells how much time passed in this process."""
    return _passing()


def ahead() -> float:
    """How far the clock is ahead of the one that nobody sets: more than a moment ago if it was set forward, or the
    machine slept; less if it was set back.
    """
    return now() - monotonic()


def sleep(seconds: float) -> None:
    """Lets so much time pass."""
    _sleep(seconds)


class HeldClock:
    """A clock that stands still until it is told otherwise."""

    def __init__(self, at: float):
        self.now, self.passed = at, time.monotonic()

    def __call__(self, seconds: float) -> None:
        """Lets so much time pass; with less than none, the clock is set back."""
        self.now += seconds
        self.passed += max(0.0, seconds)

    def set(self, seconds: float) -> None:
        """Sets the clock forward by so many seconds, or back: no time passes."""
        self.now += seconds


@contextmanager
def held(at: float) -> Iterator[HeldClock]:
    """Holds the clock at `at`; yields what moves it on, when it is called. Whoever sleeps moves it too."""
    global _source, _passing, _sleep
    before, clock = (_source, _passing, _sleep), HeldClock(at)
    _source, _passing, _sleep = lambda: clock.now, lambda: clock.passed, clock
    try:
        yield clock
    finally:
        _source, _passing, _sleep = before
