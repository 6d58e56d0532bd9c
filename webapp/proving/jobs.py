"""The jobs of a proof: each kind does something else of what the kernel promises, and leaves a trace of each item."""

from collections.abc import Sequence

from webapp.jobs import Attempt, Limit, Retry, Step, array, job, nested

from .models import leave

SIZE = 5
"""Items in a batch."""
PAUSE = 0.02
"""Seconds that a batch of work takes, outside its transaction, where most work is."""
BAD_EVERY = 7
"""One item of so many fails in `proving.stumble`."""


class Stumbled(Exception):
    """It stumbled, as it was told to."""

    sentence = "It stumbled, as it was told to."


class Hopeless(Exception):
    """It came to a point from which nothing leads on, as it was told to."""

    sentence = "It came to a point from which nothing leads on, as it was told to."


@job("proving.iterate", unit="items")
def iterate(job: Attempt, *, items: int) -> None:
    """Goes through numbers."""
    _go_through(job, job, range(items))


@job("proving.nest", unit="items")
def nest(job: Attempt, *, groups: int, items: int) -> None:
    """Goes through pairs, the second part inside the first."""
    pairs = nested(array(range(groups)), lambda _group: array(range(items)), groups * items)
    for batch in job.iterate(pairs, size=SIZE):
        with job.batch() as session:
            leave(session, job.id, (f"{group}.{item}" for group, item in batch))
        job.wait(PAUSE)


@job("proving.steps", unit="items")
def take_steps(job: Attempt, *, items: int) -> None:
    """Takes a step that iterates, one in an attempt of its own, and one that keeps its cursor itself."""

    @job.step("load")
    def load(step: Step) -> None:
        _go_through(job, step, [f"load {item}" for item in range(items)])

    @job.step("bill", isolated=True)
    def bill(step: Step) -> None:
        with step.batch() as session:
            leave(session, job.id, ["bill"])

    @job.step("count")
    def count(step: Step) -> None:
        for place in range(step.cursor or 0, items):
            with step.batch(place + 1) as session:
                leave(session, job.id, [f"count {place}"])


@job("proving.berth", unit="items", limit=Limit("proving.berth {berth}", to=1))
def lie_at_berth(job: Attempt, *, berth: int, items: int) -> None:
    """Goes through numbers, while nobody else lies at the same berth."""
    _go_through(job, job, range(items))


@job("proving.stumble", unit="items", retry=[Retry(Stumbled, wait=0.5, attempts=5, jitter=0)])
def stumble(job: Attempt, *, items: int, times: int) -> None:
    """Goes through numbers, of which some fail; and stumbles in the midst of a batch so many times."""
    for batch in job.iterate(array(range(items)), size=SIZE):
        with job.batch() as session:
            for item in filter(is_bad, batch):
                job.record_failure(item, "It is bad.")
            leave(session, job.id, batch)
            if job.number <= times and batch[0] * (times + 1) >= items * job.number:
                raise Stumbled
        job.wait(PAUSE)


@job("proving.give_up", unit="items", discard=[Hopeless])
def give_up(job: Attempt, *, items: int) -> None:
    """Goes through numbers and then cannot go on."""
    _go_through(job, job, range(items))
    raise Hopeless


@job("proving.tick")
def tick(job: Attempt) -> None:
    """What a schedule does."""
    if job.cursor is None:
        with job.batch("ticked") as session:
            leave(session, job.id, ["tick"])


def is_bad(item: int) -> bool:
    """Whether this item fails."""
    return item % BAD_EVERY == BAD_EVERY - 1


def _go_through(job: Attempt, place: Attempt | Step, items: Sequence[object]) -> None:
    for batch in place.iterate(array(items), size=SIZE):
        with place.batch() as session:
            leave(session, job.id, batch)
        job.wait(PAUSE)
