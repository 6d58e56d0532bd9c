"""The workbook of an import's errors: exactly its rejected rows, as they came, with what is wrong with each (B14).

Knows no job and no page. It is written in a stream, in memory that stays the same; ten thousand rows of twenty columns
take about half a second, so that it is made when it is asked for (docs/decisions/0021).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path, PurePath
from typing import Any, BinaryIO

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.sheets import Cell, Header
from webapp.sheets.conversion.matching import match_headers
from webapp.sheets.headers import comparable
from webapp.sheets.reader.wire import unwrapped
from webapp.sheets.writing.marked import MarkedColumn, MarkedWriter

from ..errors import NothingRejected
from ..models import Import, RejectedCell, RejectedRow
from . import corrections

AT_ONCE = 500
"""Rows that are read at a time."""
WIDEST, NARROWEST, SAMPLED = 40, 12, 100
PROBLEMS_WIDTH, NUMBER_WIDTH = 60, 8
NOT_LISTED = "What is wrong with this row is not listed: only the first rejected rows of an import are."


@dataclass(frozen=True)
class Layout:
    """Where everything is: `kept` are the places of the original columns among a rejected row's cells."""

    labels: Sequence[str]
    kept: Sequence[int]
    types: Sequence[str]
    places: dict[str, int]
    """By the name that problems have for a column: its place among the original ones."""
    numbers: int | None
    """The place of the original row's number in a row of a correction; None in other imports."""
    added: tuple[str, str]


def write(session: Session, record: Import, file: BinaryIO) -> int:
    """Writes the workbook into an open binary file that can be sought in; answers how many rows it holds.

    Rows that a correction has taken in meanwhile are left out.
    """
    layout, root, written = layout_of(session, record), corrections.root_of(session, record), 0
    mark = corrections.mark_of(root)
    options: dict[str, Any] = {
        "about": _about(record, root, datetime.now(UTC)),
        "properties": [mark] if mark else [],
        "frozen": 2,
    }
    rows = _rows(session, record)
    with MarkedWriter(file, record.sheet, _columns(layout, session, record), **options) as writer:
        for number, cells, problems in rows:
            writer.write(*_line(layout, number, cells, problems))
            written += 1
    return written


def write_to(session: Session, record: Import, target: Path) -> int:
    """Writes the workbook to this path, whole or not at all; answers how many rows it holds. Raises NothingRejected."""
    if not is_there(record):
        raise NothingRejected(name=record.upload.name)
    part = target.with_name(target.name + ".part")
    try:
        with part.open("w+b") as file:
            rows = write(session, record, file)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
    return rows


def file_name(record: Import) -> str:
    """What the workbook is called where it is downloaded: `hours errors.xlsx`."""
    return f"{PurePath(record.upload.name).stem[:150] or 'Workbook'} errors.xlsx"


def sentence_of(header: str, reason: str) -> str:
    """A problem as a sentence: `Hours: “many” is not a number.`, or `Name is required.`"""
    said = f"{header} {reason}" if reason[:1].islower() else f"{header}: {reason}"
    return said if said.endswith((".", "!", "?")) else f"{said}."


def is_there(record: Import) -> bool:
    """Whether there can be a workbook of an import's errors: rows were rejected, and are kept."""
    return bool(record.rejected and record.header)


def layout_of(session: Session, record: Import) -> Layout:
    """The original columns of an import, without those that an earlier workbook of errors has added."""
    labels, root = corrections.labels_of(record), corrections.root_of(session, record)
    added = corrections.added_columns(root)
    names = [comparable(label) for label in labels]
    ours = set(map(comparable, added)) if root is not record else set()
    kept = [place for place, name in enumerate(names) if name not in ours]
    numbers = names.index(comparable(added[0])) if ours and comparable(added[0]) in names else None
    types, places = _meaning(record, labels, kept)
    return Layout([labels[place] for place in kept], kept, types, places, numbers, added)


def _meaning(record: Import, labels: Sequence[str], kept: Sequence[int]) -> tuple[list[str], dict[str, int]]:
    """The type of each original column, and where among them each column of the template is."""
    columns = record.version.columns
    header = Header(record.sheet, record.header_row, tuple(labels))
    positions = match_headers(columns, header, corrections.mapping_of(record)).positions
    at = {place: number for number, place in enumerate(kept)}
    found = [(column, at[place]) for column, place in zip(columns, positions, strict=True) if place in at]
    types = ["text"] * len(kept)
    for column, number in found:
        types[number] = column.type
    return types, {column.header: number for column, number in found}


def _rows(session: Session, record: Import) -> Iterator[tuple[int, list[Cell], list[Any]]]:
    """The rejected rows in order, each with its problems."""
    after = 0
    while found := _some(session, record.id, after):
        numbers = [row.row for row in found]
        query = select(RejectedCell.row, RejectedCell.header, RejectedCell.reason)
        query = query.where(RejectedCell.import_id == record.id)
        query = query.where(RejectedCell.row.between(numbers[0], numbers[-1]))
        problems = session.execute(query.order_by(RejectedCell.row, RejectedCell.id))
        by_row = {row: list(cells) for row, cells in groupby(problems, key=lambda cell: cell.row)}
        for row in found:
            yield row.row, [unwrapped(cell) for cell in msgspec.json.decode(row.cells)], by_row.get(row.row, [])
        after = numbers[-1]


def _some(session: Session, import_id: int, after: int) -> list[Any]:
    query = select(RejectedRow.row, RejectedRow.cells).where(
        RejectedRow.import_id == import_id, RejectedRow.row > after, RejectedRow.repaired_in.is_(None)
    )
    return list(session.execute(query.order_by(RejectedRow.row).limit(AT_ONCE)))


def _line(
    layout: Layout, number: int, cells: Sequence[Cell], problems: Sequence[Any]
) -> tuple[list[Cell], dict[int, str]]:
    """A row of the workbook, and the notes on its cells."""
    original = cells[layout.numbers] if layout.numbers is not None and layout.numbers < len(cells) else None
    said = "\n".join(sentence_of(problem.header, problem.reason) for problem in problems) or NOT_LISTED
    notes: dict[int, str] = {}
    for problem in problems:
        place = layout.places.get(problem.header)
        if place is not None:
            sentence = sentence_of(problem.header, problem.reason)
            notes[place + 2] = f"{notes[place + 2]}\n{sentence}" if place + 2 in notes else sentence
    kept = [cells[place] if place < len(cells) else None for place in layout.kept]
    return [original if type(original) is int else number, said, *kept], notes


def _columns(layout: Layout, session: Session, record: Import) -> list[MarkedColumn]:
    sample = [msgspec.json.decode(row.cells) for row in _some(session, record.id, 0)[:SAMPLED]]
    row, problems = layout.added
    original = [
        MarkedColumn(label, type_, _width([cells[place] for cells in sample if place < len(cells)]))
        for label, type_, place in zip(layout.labels, layout.types, layout.kept, strict=True)
    ]
    return [MarkedColumn(row, "integer", NUMBER_WIDTH), MarkedColumn(problems, "wrapped", PROBLEMS_WIDTH), *original]


def _width(cells: Sequence[Any]) -> int:
    widest = max(
        (len(str(cell[1] if isinstance(cell, list) else cell)) for cell in cells if cell is not None), default=0
    )
    return min(WIDEST, max(NARROWEST, widest + 2))


def _about(record: Import, root: Import, at: datetime) -> list[str]:
    name = record.upload.name
    row, problems = corrections.added_columns(root)
    lines = [
        f"Rows of {name} that were not imported",
        f"{record.rejected:,} {'row was' if record.rejected == 1 else 'rows were'} rejected by the template "
        f"“{record.template.name}”, version {record.version.number}. This workbook was made on {at.day} {at:%B %Y}.",
        f"The first sheet holds them as they came. “{row}” is the number of the row in {root.upload.name}, "
        f"“{problems}” says what is wrong with it; the cells at fault are coloured, and have a note.",
    ]
    if corrections.mark_of(root) is None:
        return [*lines, f"Nothing of {name} was imported, because all of its rows are to be. Correct them there."]
    return [
        *lines,
        "Correct the cells, save the workbook, and upload it: only these rows are imported then. Rows that you delete "
        f"here stay out. The columns “{row}” and “{problems}” are not imported.",
    ]
