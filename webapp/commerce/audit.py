"""The audit of runs: what was done is noted in the transaction that does it, so that a repetition or a gap shows."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from .models import WorkAudit


@dataclass(frozen=True)
class Reckoning:
    """What a run came to: items `done` at least once, times that one was done again, items that never were."""

    done: int
    duplicates: int
    missed: int


def note(session: Session, run: str, items: Iterable[str]) -> None:
    """Notes that `run` did each of the items, as often as they are given. One that it did before is counted on."""
    counts = Counter(items)
    query = select(WorkAudit.item).where(WorkAudit.run == run, WorkAudit.item.in_(counts))
    known = set(session.scalars(query))
    new = [{"run": run, "item": item, "times": times} for item, times in counts.items() if item not in known]
    if new:
        session.execute(insert(WorkAudit), new)
    for item in known:
        again = update(WorkAudit).where(WorkAudit.run == run, WorkAudit.item == item)
        session.execute(again.values(times=WorkAudit.times + counts[item]))


def reckon(session: Session, run: str, expected: int | Collection[str]) -> Reckoning:
    """What the run came to, of so many items, or of exactly these."""
    of_run = WorkAudit.run == run
    done, times = session.execute(select(func.count(), func.sum(WorkAudit.times)).where(of_run)).one()
    if isinstance(expected, int):
        return Reckoning(done, (times or 0) - done, max(0, expected - done))
    missed = set(expected) - set(session.scalars(select(WorkAudit.item).where(of_run)))
    return Reckoning(done, (times or 0) - done, len(missed))
