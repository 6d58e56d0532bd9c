"""Both styles on the same data, one after the other, beside a loop that saves nothing: what going on costs."""

import secrets
import time
from dataclasses import dataclass

from webapp.commerce import audit
from webapp.commerce.jobs import STYLES
from webapp.db import reading, writing
from webapp.extensions import kernel

from .loops import LOOPS
from .performances import begin, figures, followed, keep_mail_here
from .stages import Stage

ROUNDS = 5
"""Times that each is measured; the quickest counts, for it was disturbed the least."""
ITEMS = {"orders": 1_000, "reports": 50, "campaign": 250}
LOOP = "loop"


@dataclass(frozen=True)
class Measured:
    """What a way of doing the job came to. `items` are what the job counts: of reports, the orders."""

    way: str
    items: int
    seconds: float
    checkpoints: int
    duplicates: int
    missed: int

    @property
    def rate(self) -> float:
        """Items a second."""
        return self.items / self.seconds

    def overhead(self, loop: "Measured") -> float:
        """How much longer it takes than the loop, in percent."""
        return 100 * (self.seconds / loop.seconds - 1)


def compared(stage: Stage, items: int | None = None) -> list[Measured]:
    """The loop and both styles, measured. Raises UnderWay and MailWouldLeave."""
    keep_mail_here(stage)
    count = items or ITEMS[stage.name]
    rounds = [[_loop(stage, count), *(_job(stage, style, count) for style in STYLES)] for _ in range(ROUNDS)]
    return [min(of_way, key=lambda each: each.seconds) for of_way in zip(*rounds, strict=True)]


def _job(stage: Stage, style: str, items: int) -> Measured:
    """A job, done by this process; by a worker, where one is quicker to take it."""
    job = begin(stage, style, items=items)
    kernel.run(job.id)
    job = followed(job.id)
    came = figures(job)
    return Measured(style, job.processed, came["seconds"], job.checkpoints, came["duplicates"], came["missed"])


def _loop(stage: Stage, items: int) -> Measured:
    run = f"loop {secrets.token_hex(8)}"
    with writing() as session:
        organization_id = stage.set_up(session, STYLES[0], items)
    began = time.monotonic()
    LOOPS[stage.name](organization_id, run)
    seconds = time.monotonic() - began
    with reading() as session:
        reckoning = audit.reckon(session, run, items * stage.each)
    return Measured(LOOP, reckoning.done, round(seconds, 3), 0, reckoning.duplicates, reckoning.missed)
