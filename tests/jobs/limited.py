"""Handlers of which only so many run at once; what they do is up to the script."""

from collections.abc import Callable
from typing import Any

from webapp.jobs import Attempt, Handler, Job, Kernel, Limit, Retry, job

from .conftest import SCRIPT

RETRY = [Retry(Exception, wait=10, attempts=3, jitter=0)]


@job("tests.limited", limit=Limit("flow:{flow}"), retry=RETRY)
def limited(job: Attempt, *, flow: int) -> None:
    """One at a time for each flow; the others wait."""
    SCRIPT.does(job)


@job("tests.limited_to_two", limit=Limit("pair", to=2), retry=RETRY)
def limited_to_two(job: Attempt) -> None:
    """Two at a time."""
    SCRIPT.does(job)


@job("tests.refused", limit=Limit("report:{flow}", on_conflict="refuse"), retry=RETRY)
def refused(job: Attempt, *, flow: int) -> None:
    """One at a time for each flow; another is refused."""
    SCRIPT.does(job)


def enqueue_limited(
    kernel: Kernel, moments: Callable[[float], None], handler: Handler = limited, **arguments: Any
) -> Job:
    """Enqueues a job, a second after the one before."""
    moments(1)
    if "flow" in handler.parameters:
        arguments.setdefault("flow", 7)
    with kernel.writing() as session:
        title = f"Job of {handler.name}"
        return kernel.enqueue(session, handler, owner=None, subject=("test", 1), title=title, **arguments)


def states(kernel: Kernel, *jobs: Job) -> list[str]:
    """How they stand."""
    return [kernel.find(job.id).state for job in jobs]


def raiser(error: BaseException | type[BaseException]) -> Callable[[Attempt], Any]:
    """Work that raises this."""

    def fail(attempt: Attempt) -> None:
        raise error

    return fail
