"""The jobs that are measured."""

import os
import time
from collections.abc import Callable

from webapp.jobs import Attempt, job


def stamp(path: str) -> None:
    """Adds the present moment to a file, as one line."""
    descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    os.write(descriptor, f"{time.time()}\n".encode())
    os.close(descriptor)


def stamps(path: str) -> list[float]:
    """The moments in such a file."""
    if not os.path.exists(path):
        return []
    with open(path) as file:
        return [float(line) for line in file]


@job("bench.nothing")
def nothing(_job: Attempt) -> None:
    """Does nothing."""


@job("bench.stamp")
def stamped(_job: Attempt, *, path: str) -> None:
    """Says when it began."""
    stamp(path)


work: list[Callable[[Attempt], None]] = []
"""What `bench.work` does, in this very process: the first entry."""


@job("bench.work", retry=[])
def worked(job: Attempt) -> None:
    """Does what was put into `work`."""
    work[0](job)
