"""The two tasks of the reading process, as generators of frames."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from . import wire
from .cells import Cell, address, column_letter
from .limits import Limits
from .odd_dates import OddDates
from .preflight import Preflight, SheetFacts, preflight
from .refusals import CellTooLong, HeaderMissing, NoSheetWithCells, SheetMissing
from .request import Opening, Request, Sample
from .stream import Row, SheetStream
from .tidy import Tidier

EXCEL_ROWS = 1_048_576
SAMPLED_DEPTH = 1_500
"""Rows from the top of the sheet among which the header and the sample are looked for."""
SHOWN_CHARACTERS = 500
"""A sampled text is cut to this length: it is for looking at."""

_encoder = msgspec.msgpack.Encoder()


def inspect(request: Request) -> Iterator[bytes]:
    """One frame with a `Sample` of the workbook. Raises a WorkbookRefused."""
    path = Path(request.path)
    checked = preflight(path, request.limits)
    sheet = chosen_sheet(checked, request.sheet)
    stream = SheetStream(path)
    rows = stream.rows(sheet, 1, SAMPLED_DEPTH, request.limits.columns + 1)
    sampled = [_trimmed(row) for row in islice(rows, request.most_rows)]
    tidy_rows = list(_tidy_rows(_tidier(stream, sheet, checked), sampled))
    yield wire.frame(
        wire.REPORT,
        _encoder.encode(Sample(list(checked.sheets), checked.date1904, checked.has_macros, sheet.name, tidy_rows)),
    )


def read(request: Request) -> Iterator[bytes]:
    """A frame with the `Opening`, then frames of rows below the header, then the end. Raises a WorkbookRefused."""
    path = Path(request.path)
    checked = preflight(path, request.limits)
    sheet = chosen_sheet(checked, request.sheet)
    stream = SheetStream(path)
    tidier = _tidier(stream, sheet, checked)
    header = _header(stream, sheet, request, tidier)
    yield wire.frame(wire.HEADER, _encoder.encode(Opening(list(map(wire.wrapped, header)), sheet.rows)))
    first = max(request.after_row, request.header_row) + 1
    rows = stream.rows(sheet, first, EXCEL_ROWS, len(header))
    while block := list(islice(rows, request.most_rows)):
        yield wire.frame(wire.ROWS, _packed_block(block, tidier, sheet, request.limits))
    yield wire.frame(wire.END, b"")


def chosen_sheet(checked: Preflight, name: str | None) -> SheetFacts:
    """The visible sheet of that name, or the first visible one with cells. Raises SheetMissing, NoSheetWithCells."""
    visible = [sheet for sheet in checked.sheets if not sheet.hidden]
    if name is None:
        found = next((sheet for sheet in visible if sheet.rows or sheet.part is None), None)
        if found is None:
            raise NoSheetWithCells
        return found
    for sheet in visible:
        if sheet.name == name:
            return sheet
    raise SheetMissing(sheet=name, sheets=", ".join(sheet.name for sheet in visible) or "none")


def _tidier(stream: SheetStream, sheet: SheetFacts, checked: Preflight) -> Tidier:
    shift_to_1904 = checked.date1904 and not stream.date1904
    if not sheet.has_odd_serials or sheet.part is None:
        return Tidier(None, shift_to_1904)
    return Tidier(OddDates(stream.path, sheet.part, checked.date1904), shift_to_1904)


def _header(stream: SheetStream, sheet: SheetFacts, request: Request, tidier: Tidier) -> list[Cell]:
    row = request.header_row
    found = next(stream.rows(sheet, row, row, request.limits.columns), None) if row else None
    if found is None:
        raise HeaderMissing(where=f"in row {row}", sheet=sheet.name)
    number, cells = _trimmed(found)
    return [column[0] for column in tidier.columns([number], [cells])]


def _trimmed(row: Row) -> Row:
    """The row without the blanks at its end."""
    number, cells = row
    width = len(cells)
    while width and cells[width - 1] == "":
        width -= 1
    return number, cells[:width]


def _tidy_rows(tidier: Tidier, rows: Iterable[Row]) -> Iterator[tuple[int, list[Any]]]:
    for number, cells in rows:
        tidy = (column[0] for column in tidier.columns([number], [cells]))
        yield number, [wire.wrapped(_shown(cell)) for cell in tidy]


def _shown(cell: Cell) -> Cell:
    return cell[:SHOWN_CHARACTERS] if isinstance(cell, str) else cell


def _packed_block(block: list[Row], tidier: Tidier, sheet: SheetFacts, limits: Limits) -> bytes:
    numbers, rows = zip(*block, strict=True)
    columns = tidier.columns(numbers, rows)
    body = wire.pack_columns(numbers, columns)
    # No cell can be too long in a body that is shorter than a cell may be.
    if len(body) > limits.cell_characters:
        _check_lengths(sheet.name, numbers, columns, limits.cell_characters)
    return body


def _check_lengths(sheet: str, numbers: tuple[int, ...], columns: list[list[Cell]], most: int) -> None:
    for position, column in enumerate(columns):
        for number, cell in zip(numbers, column, strict=True):
            if isinstance(cell, str) and len(cell) > most:
                place = address(sheet, column_letter(position), number)
                raise CellTooLong(address=place, characters=len(cell), limit=most)
