"""The phases of an import, for its page: when each began and ended, and how many rows went through it."""

from dataclasses import asdict, dataclass
from datetime import datetime

import msgspec
from sqlalchemy.orm import Session

from ..models import Import

CHECKING, VALIDATING, WRITING = "checking", "validating", "writing"
"""The workbook is opened; all of its rows are examined; they are examined, if they were not before, and written."""


@dataclass
class Phase:
    """One phase. Times are in UTC; `rows` is how many went through it, None where none do."""

    name: str
    started_at: datetime
    ended_at: datetime | None = None
    rows: int | None = None


def of(record: Import) -> list[Phase]:
    """The phases of an import, in order; the last is under way if it has no end."""
    return msgspec.json.decode(record.phases, type=list[Phase])


def begin_first(session: Session, import_id: int, name: str, at: datetime) -> None:
    """Notes that the import begins with this phase, unless it has begun already."""
    if not of(session.get_one(Import, import_id, populate_existing=True)):
        begin(session, import_id, name, at)


def begin(session: Session, import_id: int, name: str, at: datetime, rows: int | None = None) -> None:
    """Notes that this phase begins, and that the one before ends, with so many rows; nothing, if it is under way."""
    record = session.get_one(Import, import_id, populate_existing=True)
    found = of(record)
    if not found or found[-1].name != name or found[-1].ended_at:
        _store(record, [*_ended(found, at, rows), Phase(name, at)])
        record.started_at = record.started_at or at


def finish(session: Session, import_id: int, at: datetime, rows: int) -> None:
    """Notes that the last phase ends, and with it the import."""
    record = session.get_one(Import, import_id, populate_existing=True)
    _store(record, _ended(of(record), at, rows))
    record.finished_at = at


def _ended(phases: list[Phase], at: datetime, rows: int | None) -> list[Phase]:
    if phases and phases[-1].ended_at is None:
        phases[-1].ended_at, phases[-1].rows = at, rows
    return phases


def _store(record: Import, phases: list[Phase]) -> None:
    record.phases = msgspec.json.encode([asdict(phase) for phase in phases]).decode()
