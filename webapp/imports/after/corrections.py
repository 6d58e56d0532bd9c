"""Corrections: workbooks of rejected rows that come back, and the rows of an import that they repair (B14).

A workbook of errors carries the mark of the import whose rows it holds; that one is the parent of whatever is imported
from the workbook, however often rows are rejected again. Its column of row numbers tells which rows come back.
"""

import re
from collections.abc import Sequence

import msgspec
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from webapp.sheets import Header, WorkbookReport
from webapp.sheets.headers import comparable

from ..models import Import, ImportTemplate, RejectedRow
from ..running.batches import Examined
from ..running.plans import ALL_OR_NOTHING

NO_ROW = 1 << 31
"""No row of a workbook has this number or a higher one, and no database would take one for it."""
ROWS_AT_ONCE = 500
ROW, PROBLEMS = "Row", "Problems"
"""The columns that a workbook of errors has besides those of the original."""
MARK = "Longshore errors {upload_id} {import_id}"
MARKED = re.compile(r"Longshore errors ([0-9a-f]{16}) (\d{1,18})")
ADDED = [re.compile(rf"{comparable(name)}(?: \(\d+\))?") for name in (ROW, PROBLEMS)]
"""What the first two columns of a workbook of errors are called, in comparable form."""


def mark_of(record: Import) -> str | None:
    """The name of the property by which a workbook of the errors of an import is known again.

    None where its rows alone are not to be imported: in an import that takes all rows or none.
    """
    if record.mode == ALL_OR_NOTHING:
        return None
    return MARK.format(upload_id=record.upload_id, import_id=record.id)


def parent_of(session: Session, organization_id: int, properties: Sequence[str]) -> Import | None:
    """The import that a workbook with these properties corrects, if it is the organization's; else None, as where the
    template of that import is deleted.
    """
    for found in filter(None, map(MARKED.fullmatch, properties)):
        query = select(Import).where(Import.id == int(found[2]), Import.upload_id == found[1])
        query = query.join(ImportTemplate, Import.template_id == ImportTemplate.id)
        in_use = ImportTemplate.organization_id == organization_id, ImportTemplate.deleted_at.is_(None)
        return session.scalar(query.where(*in_use))
    return None


def has_lost_its_mark(report: WorkbookReport) -> bool:
    """Whether a workbook begins as one of errors does, but says of no import that it holds its rows: it was saved as
    text, or its cells were copied into another workbook.
    """
    is_marked = any(map(MARKED.fullmatch, report.properties))
    first = list(map(comparable, report.header.labels[: len(ADDED)]))
    return not is_marked and len(first) == len(ADDED) and all(map(re.Pattern.fullmatch, ADDED, first))


def added_columns(root: Import) -> tuple[str, str]:
    """What the two columns are called in workbooks of errors of this import: as none of its own columns, and as none
    that its template looks for.
    """
    wanted = [name for column in root.version.columns for name in (column.header, *column.aliases)]
    taken = set(map(comparable, [*labels_of(root), *wanted]))
    return _free(ROW, taken), _free(PROBLEMS, taken)


def root_of(session: Session, record: Import) -> Import:
    """The import whose rows these are in the end: its own, or those of the one that it corrects."""
    return session.get_one(Import, record.parent_id) if record.parent_id is not None else record


def labels_of(record: Import) -> list[str]:
    """The labels of the columns of an import's workbook; none of an import from before they were kept."""
    return msgspec.json.decode(record.header, type=list[str]) if record.header else []


def mapping_of(record: Import) -> dict[str, str | None] | None:
    """What was decided about the columns of an import's workbook, if anything was."""
    return None if record.mapping is None else msgspec.json.decode(record.mapping, type=dict[str, str | None])


def numbers_in(session: Session, parent_id: int, header: Header, examined: Examined) -> list[int]:
    """Which rows of the parent the good rows of a batch of a correction are."""
    place = _place_of_numbers(session, parent_id, header)
    if place is None:
        return []
    rejected = set(examined.rejected)
    cells = zip(examined.batch.numbers, examined.batch.columns[place], strict=True)
    return [cell for number, cell in cells if number not in rejected and type(cell) is int and 0 < cell < NO_ROW]


def note_repaired(session: Session, record_id: int, parent_id: int, rows: Sequence[int]) -> None:
    """Notes that a correction has taken in these rows of its parent."""
    open_rows = update(RejectedRow).where(RejectedRow.import_id == parent_id, RejectedRow.repaired_in.is_(None))
    for start in range(0, len(rows), ROWS_AT_ONCE):
        some = rows[start : start + ROWS_AT_ONCE]
        session.execute(open_rows.where(RejectedRow.row.in_(some)).values(repaired_in=record_id))


def forget_repaired(session: Session, record: Import) -> None:
    """The rows that a correction took in are as they were before it: it was undone."""
    if record.parent_id is not None:
        of_parent = update(RejectedRow).where(RejectedRow.import_id == record.parent_id)
        session.execute(of_parent.where(RejectedRow.repaired_in == record.id).values(repaired_in=None))


def repaired(session: Session, import_id: int) -> int:
    """How many rejected rows of an import were taken in by corrections."""
    query = select(func.count()).where(RejectedRow.import_id == import_id, RejectedRow.repaired_in.is_not(None))
    return session.scalar(query) or 0


def children_of(session: Session, import_id: int) -> list[Import]:
    """The imports that correct rows of this one, the newest first."""
    return list(session.scalars(select(Import).where(Import.parent_id == import_id).order_by(Import.id.desc())))


def _place_of_numbers(session: Session, parent_id: int, header: Header) -> int | None:
    """Where, from 0, a correction has the numbers of its parent's rows."""
    wanted = comparable(added_columns(session.get_one(Import, parent_id))[0])
    return next((place for place, label in enumerate(header.labels) if comparable(label) == wanted), None)


def _free(name: str, taken: set[str]) -> str:
    number, free = 1, name
    while comparable(free) in taken:
        number += 1
        free = f"{name} ({number})"
    return free
