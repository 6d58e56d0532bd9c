"""Exporting a dataset or a table: its rows go into a file, as they are at one moment. Knows no job and no page.

with reading() as session, path.open("xb") as file:
    result = write(session, DatasetSource(dataset), Asked(search="quay"), "xlsx", file, lambda done, total: None)
"""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any, BinaryIO

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from webapp.sheets.writing import WRITERS, Note, OutputColumn, start_writing

from .asking import Asked, columns_of
from .errors import FormatUnknown
from .models import Export
from .sources import DATASET, DatasetSource, Source, table

LABELS = {"xlsx": "Excel workbook (.xlsx)", "csv": "CSV (.csv)", "jsonl": "JSON Lines (.jsonl)"}
UNWANTED = re.compile(r'[\x00-\x1f\x7f/\\:*?"<>|]+')
"""What some system does not allow in the name of a file."""
LONGEST_NAME = 100

Progress = Callable[[int, int], object]
"""Called with the rows that are done and all there are, every few milliseconds."""


@dataclass(frozen=True)
class ExportResult:
    """What came of an export: `errors` counts cells that could not be written as they are, as `notes` say."""

    success: bool
    summary: str
    processed_count: int
    errors: int
    notes: tuple[Note, ...]


def write(
    session: Session, source: Source, asked: Asked, format_: str, file: BinaryIO, progress: Progress
) -> ExportResult:
    """Writes the rows that are asked for into an open file: all as they are at one moment, for `session` reads them in
    one transaction. Raises FormatUnknown, ColumnUnknown, ConditionUnclear or ConditionImpossible.
    """
    check(source, asked, format_)
    query = source.query(asked)
    columns = [OutputColumn(column.header, column.field, column.type) for column in columns_of(source, asked)]
    total, done = count(session, query), 0
    progress(0, total)
    batches = closing(source.batches(session, query, columns))
    with batches as found, start_writing(format_, file, columns, source.name) as writer:
        for batch in found:
            writer.write(batch)
            done += len(batch[0])
            progress(done, total)
    notes = writer.notes
    return ExportResult(True, summary(done, notes), done, sum(note.count for note in notes), notes)


def check(source: Source, asked: Asked, format_: str) -> None:
    """Raises FormatUnknown, ColumnUnknown, ConditionUnclear or ConditionImpossible if that cannot be had."""
    if format_ not in WRITERS:
        raise FormatUnknown(name=format_, known=", ".join(WRITERS))
    columns_of(source, asked)
    source.query(asked)


def count(session: Session, query: Select[Any]) -> int:
    """How many rows a query finds."""
    return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0


def summary(rows: int, notes: Sequence[Note]) -> str:
    """What came of the rows, in sentences."""
    altered = sum(note.count for note in notes)
    said = f"{rows:,} {'row' if rows == 1 else 'rows'} exported."
    if altered:
        said += f" {altered:,} {'cell was' if altered == 1 else 'cells were'} altered: see the notes."
    return said


def source_of(export: Export) -> Source:
    """What the rows of an export come from."""
    if export.source != DATASET or export.dataset is None:
        return table(export.source, export.organization_id)
    return DatasetSource(export.dataset)


def record(session: Session, source: Source, asked: Asked, format_: str, owner_id: int, at: datetime) -> Export:
    """Notes that an export is asked for. Raises what `check` does."""
    check(source, asked, format_)
    found = Export(
        organization_id=source.organization_id, source=source.kind, dataset_id=source.dataset_id, created_by=owner_id,
        created_at=at, format=format_, name=file_name(source.name, at, format_), asked=asked.stored,
    )  # fmt: skip
    session.add(found)
    session.flush()
    return found


def finish(
    session: Session, export_id: int, result: ExportResult, stored_as: str, size: int, at: datetime, kept: timedelta
) -> None:
    """Notes that the file of an export is there, for as long as it is `kept`."""
    found = session.get_one(Export, export_id)
    found.stored_as, found.size, found.rows = stored_as, size, result.processed_count
    found.notes = json.dumps([asdict(note) for note in result.notes], ensure_ascii=False)
    found.finished_at, found.expires_at = at, at + kept


def notes_of(export: Export) -> list[Note]:
    """What was altered in the file of an export."""
    return [Note(**note) for note in json.loads(export.notes)]


def outcome_of(export: Export) -> str:
    """What came of a finished export, in sentences."""
    return summary(export.rows or 0, notes_of(export))


def find(session: Session, organization_id: int, export_id: int) -> Export | None:
    """The organization's export, or None."""
    query = select(Export).where(Export.id == export_id, Export.organization_id == organization_id)
    return session.scalar(query.execution_options(populate_existing=True))


def listed(owner_ids: Sequence[int], source: Source | None = None) -> Select[Any]:
    """The exports of these people, the newest first; those of one source, if it is given."""
    query = select(Export).where(Export.created_by.in_(owner_ids)).order_by(Export.id.desc())
    if source is None:
        return query
    return query.where(Export.source == source.kind, Export.dataset_id.is_not_distinct_from(source.dataset_id))


def expire(session: Session, at: datetime) -> None:
    """Forgets the files whose time is over: whoever tidies the folder finds them unknown."""
    for export in session.scalars(select(Export).where(Export.expires_at < at, Export.stored_as.is_not(None))):
        export.stored_as = None


def stored(session: Session) -> set[str]:
    """The names of the files that may be downloaded."""
    return {name for name in session.scalars(select(Export.stored_as)) if name}


def file_name(title: str, at: datetime, format_: str) -> str:
    """What a file is called where it is downloaded: `Hours 2026-01-31.xlsx`."""
    name = " ".join(UNWANTED.sub(" ", title).split())[:LONGEST_NAME].strip(". ") or "Export"
    return f"{name} {at:%Y-%m-%d}.{format_}"
