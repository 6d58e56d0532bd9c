"""The one clock of the kernel: seconds since the epoch, UTC. Tests hold it here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_source: Callable[[], float] = time.time
_sleep: Callable[[float], None] = time.sleep


def now() -> float:
    """The present, in seconds since the epoch."""
    return _source()


def sleep(seconds: float) -> None:
    """Lets so much time pass."""
    _sleep(seconds)


@contextmanager
def held(at: float) -> Iterator[Callable[[float], None]]:
    """Holds the clock at `at`; yields a function that moves it on by so many seconds. Whoever sleeps moves it too."""
    global _source, _sleep
    before, moment = (_source, _sleep), [at]

    def forward(seconds: float) -> None:
        moment[0] += seconds

    _source, _sleep = lambda: moment[0], forward
    try:
        yield forward
    finally:
        _source, _sleep = before
