"""Changes to datasets taken back: rows that a change made are removed, rows that it wrote become what they were (B15).

What was changed again since, by another change or by hand, is kept as it is. Taking back twice is taking back once.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Select, case, delete, func, select, update
from sqlalchemy.orm import Session

from .changes import EARLIER, ROWS
from .models import Dataset
from .service import hold, text_of


class Kept(NamedTuple):
    """A row that stays as it is: its key in words, and the change that wrote it last, None if that was no change.

    `reason` is a sentence, where it is kept for another reason.
    """

    row_id: int
    name: str
    changed_in: int | None
    reason: str | None = None


@dataclass(frozen=True)
class TakenBack:
    """What became of rows: how many were removed, how many restored, and those that are kept."""

    removed: int = 0
    restored: int = 0
    kept: tuple[Kept, ...] = ()


@dataclass(frozen=True)
class Prospect:
    """What taking a change back would do: how many rows it would remove, restore, and keep as they are."""

    removed: int
    restored: int
    kept: int

    @property
    def rows(self) -> int:
        """All rows that the change made or wrote."""
        return self.removed + self.restored + self.kept


def touched(session: Session, change: int, after: int, limit: int) -> list[int]:
    """The ids of the rows that the change made or wrote, in order, those behind `after`, at most so many."""
    made = select(ROWS.c.id).where(ROWS.c.created_in == change, ROWS.c.id > after).order_by(ROWS.c.id)
    written = select(EARLIER.c.row_id).where(EARLIER.c.change == change, EARLIER.c.row_id > after)
    found = [*session.scalars(made.limit(limit)), *session.scalars(written.order_by(EARLIER.c.row_id).limit(limit))]
    return sorted(found)[:limit]


def take_back(session: Session, dataset_id: int, change: int, rows: Sequence[int], at: datetime) -> TakenBack:
    """Takes back what the change did to these rows, some hundred of those that `touched` found."""
    hold(session, dataset_id)
    query = select(ROWS.c.id, ROWS.c.key, ROWS.c.created_in, ROWS.c.changed_in).where(ROWS.c.id.in_(rows))
    written = set(session.scalars(_earlier(change, rows)))
    present = [
        row for row in session.execute(query.order_by(ROWS.c.id)) if row.created_in == change or row.id in written
    ]
    removed = [row.id for row in present if row.changed_in == change and row.created_in == change]
    restored = [row.id for row in present if row.changed_in == change and row.created_in != change]
    kept = [Kept(row.id, name_of(row.key, row.id), row.changed_in) for row in present if row.changed_in != change]
    _remove(session, removed)
    _restore(session, change, restored)
    if removed or restored:
        changes = {"updated_at": at, "version": Dataset.version + 1, "row_count": Dataset.row_count - len(removed)}
        session.execute(update(Dataset).where(Dataset.id == dataset_id).values(changes))
    return TakenBack(len(removed), len(restored), tuple(kept))


def prospect(session: Session, change: int) -> Prospect:
    """What taking the change back would do now."""
    made, removed = _counted(session, select(ROWS.c.id).where(ROWS.c.created_in == change), change)
    query = select(ROWS.c.id).join(EARLIER, EARLIER.c.row_id == ROWS.c.id).where(EARLIER.c.change == change)
    written, restored = _counted(session, query, change)
    return Prospect(removed, restored, made + written - removed - restored)


def name_of(key: str | None, row_id: int) -> str:
    """The key of a row in words: its values as people read them."""
    values = json.loads(key, parse_float=Decimal) if key else []
    return ", ".join(map(text_of, values)) or f"Row {row_id:,} of the dataset"


def _counted(session: Session, query: Select[tuple[int]], change: int) -> tuple[int, int]:
    """How many rows a query finds, and how many of them the change was the last to write."""
    last = func.coalesce(func.sum(case((ROWS.c.changed_in == change, 1), else_=0)), 0)
    found, untouched = session.execute(query.with_only_columns(func.count(), last)).one()
    return found, untouched


def _earlier(change: int, rows: Sequence[int]) -> Select[tuple[int]]:
    return select(EARLIER.c.row_id).where(EARLIER.c.change == change, EARLIER.c.row_id.in_(rows))


def _remove(session: Session, rows: Sequence[int]) -> None:
    if rows:
        session.execute(delete(ROWS).where(ROWS.c.id.in_(rows)))


def _restore(session: Session, change: int, rows: Sequence[int]) -> None:
    """Gives rows back what they were before the change, which need not be remembered any longer then."""
    if not rows:
        return
    before = {
        name: select(EARLIER.c[name]).where(EARLIER.c.change == change, EARLIER.c.row_id == ROWS.c.id).scalar_subquery()
        for name in ("data", "changed_in", "updated_at")
    }
    session.execute(update(ROWS).where(ROWS.c.id.in_(rows)).values(before))
    session.execute(delete(EARLIER).where(EARLIER.c.change == change, EARLIER.c.row_id.in_(rows)))
