"""Undoing an import: what it made is removed, what it wrote becomes what it was, what was changed since stays (B15).

Knows no job and no page. Who calls it lends the transactions, as with `service.run_import`. Done again, or gone on with
after an end that came too early, it takes back what is still to be taken back.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, insert, select, update
from sqlalchemy.orm import Session

from webapp.datasets.taking_back import Kept, Prospect

from ..errors import AlreadyUndone, NothingToUndo
from ..models import Import, KeptRow
from ..targets.target import Target, target_of
from . import corrections

BATCH_ROWS = 250
"""Rows in one transaction: few enough that the lock of the database is free again within 50 ms (DESIGN §4)."""

Cursor = dict[str, Any]
Batches = Callable[[Cursor, int], AbstractContextManager[Session]]
"""Called with the cursor and how many rows are done then: a session for the effects of one batch."""
Reading = Callable[[], AbstractContextManager[Session]]


def begin(record: Import, person_id: int | None) -> None:
    """Notes that an import is to be undone, from when on it does not go on. Raises AlreadyUndone."""
    if record.undone_at is not None:
        raise AlreadyUndone(name=record.upload.name)
    record.undone_by = person_id


def prospect(session: Session, record: Import) -> Prospect:
    """What undoing an import would do now. Raises AlreadyUndone or NothingToUndo."""
    if record.undone_at is not None:
        raise AlreadyUndone(name=record.upload.name)
    found = target_for(record).prospect(session, record.id)
    if not found.rows and not has_begun(record):
        raise NothingToUndo(name=record.upload.name)
    return found


def has_begun(record: Import) -> bool:
    """Whether somebody has asked to undo an import; it may be done, under way, or stopped."""
    return record.undone_by is not None


def target_for(record: Import) -> Target:
    """Where the rows of an import went."""
    return target_of(record.template, record.version.columns)


def undo(
    import_id: int, target: Target, reading: Reading, batches: Batches, start: Cursor | None = None, processed: int = 0
) -> None:
    """Takes back what the import did to the rows behind the cursor `start`, `processed` rows into it."""
    after = start["row"] if start else 0
    while rows := _page(reading, target, import_id, after):
        after, processed = rows[-1], processed + len(rows)
        with batches({"row": after}, processed) as session:
            _take_back(session, target, import_id, rows)
    with batches({"row": after, "done": True}, processed) as session:
        record = session.get_one(Import, import_id)
        record.undone_at = datetime.now(UTC)
        corrections.forget_repaired(session, record)


def summary(record: Import) -> str:
    """What came of undoing, as in `990 rows removed, 12 restored. 3 rows were changed since and are kept.`"""
    parts = {"removed": record.removed, "restored": record.restored}
    said = ", ".join(f"{count:,} {word}" for word, count in parts.items() if count)
    taken = f"Import undone: {said}." if said else "Import undone: there was nothing left to take back."
    if not record.kept:
        return taken
    return f"{taken} {record.kept:,} {'row was' if record.kept == 1 else 'rows were'} changed since, and kept."


def kept_rows(import_id: int) -> Select[tuple[KeptRow]]:
    """The rows that undoing an import kept, in order: a query to page."""
    return select(KeptRow).where(KeptRow.import_id == import_id).order_by(KeptRow.target_row)


def _page(reading: Reading, target: Target, import_id: int, after: int) -> list[int]:
    with reading() as session:
        return target.touched(session, import_id, after, BATCH_ROWS)


def _take_back(session: Session, target: Target, import_id: int, rows: Sequence[int]) -> None:
    taken = target.take_back(session, import_id, rows, datetime.now(UTC))
    # An undo that was gone on with meets the rows again that it kept, and may find them free by now.
    again = delete(KeptRow).where(KeptRow.import_id == import_id, KeptRow.target_row.in_(rows))
    before: Any = session.execute(again)
    if taken.kept:
        session.execute(insert(KeptRow), _named(session, import_id, taken.kept))
    changes = {
        "removed": Import.removed + taken.removed,
        "restored": Import.restored + taken.restored,
        "kept": Import.kept + len(taken.kept) - before.rowcount,
    }
    session.execute(update(Import).where(Import.id == import_id).values(changes))


def _named(session: Session, import_id: int, kept: Sequence[Kept]) -> list[dict[str, Any]]:
    reasons = {change: _reason(session, change) for change in {row.changed_in for row in kept}}
    return [
        {
            "import_id": import_id,
            "target_row": row.row_id,
            "name": row.name,
            "reason": row.reason or reasons[row.changed_in],
        }
        for row in kept
    ]


def _reason(session: Session, change: int | None) -> str:
    later = session.get(Import, change) if change is not None else None
    if later is None:
        return "Changed since, by something else than an import."
    at = later.started_at or later.created_at
    return f"Changed by the import of {later.upload.name} on {at.day} {at:%B %Y}."
