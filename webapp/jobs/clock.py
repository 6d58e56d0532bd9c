"""The one clock of the kernel: seconds since the epoch, UTC. Tests hold it here."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

_source: Callable[[], float] = time.time


def now() -> float:
    """The present, in seconds since the epoch."""
    return _source()


@contextmanager
def held(at: float) -> Iterator[Callable[[float], None]]:
    """Holds the clock at `at`; yields a function that moves it on by so many seconds."""
    global _source
    before, moment = _source, [at]
    _source = lambda: moment[0]  # noqa: E731

    def forward(seconds: float) -> None:
        moment[0] += seconds

    try:
        yield forward
    finally:
        _source = before
