"""The two tasks of the reading process, as generators of frames."""

from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from ..books import Book
from ..cells import Cell, address, as_text, column_letter
from ..facts import SheetFacts
from ..headers import find_header
from ..limits import Limits
from ..merged import first_row_of_header, header_cells
from ..opening import open_book
from ..placed import Row
from ..refusals import CellTooLong, HeaderBlank, NoSheetWithCells, SheetMissing
from ..report.census import census_of
from ..row_ranges import LAST_ROW
from ..tidy import Tidier
from ..visible import View, picked
from . import wire
from .request import Opening, Request, Sample

SAMPLED_DEPTH = 1_500
"""Rows from the top of the sheet, or from a chosen header far down, among which header and sample are looked for."""
FAR_DOWN = 500
SHOWN_CHARACTERS = 500
"""A sampled text is cut to this length: it is for looking at."""

_encoder = msgspec.msgpack.Encoder()


def inspect(request: Request) -> Iterator[bytes]:
    """One frame with a `Sample` of the workbook. Raises a WorkbookRefused."""
    with open_book(Path(request.path), request.limits) as book:
        yield wire.frame(wire.REPORT, _encoder.encode(_sample(book, request)))


def _sample(book: Book, request: Request) -> Sample:
    sheet = chosen_sheet(book, request.sheet)
    view = View(sheet, book.hidden_rows_of(sheet), request.hidden)
    first = first_row_of_header(request.header_row, sheet.spans) if request.header_row > FAR_DOWN else 1
    width = request.limits.columns + 1
    above = sum(1 for _ in view.rows(book.rows(sheet, 1, first - 1, width))) if first > 1 else 0
    rows = view.rows(book.rows(sheet, first, first - 1 + SAMPLED_DEPTH, width), whole_to=request.header_row)
    sampled = list(_tidy_rows(book.tidier(sheet), map(_trimmed, islice(rows, request.most_rows))))
    header_row = request.header_row or find_header(sampled, sheet.spans) or 0
    width = len(dict(sampled).get(header_row, ()))
    return Sample(
        kind=book.kind,
        encoding=book.encoding,
        delimiter=book.delimiter,
        sheets=list(book.sheets),
        date1904=book.date1904,
        has_macros=book.has_macros,
        sheet=sheet.name,
        rows_above=above,
        rows_counted=view.rows_counted,
        hidden=request.hidden,
        rows=[(number, [wire.wrapped(_shown(cell)) for cell in cells]) for number, cells in sampled],
        header_row=header_row,
        census=census_of(book, sheet, header_row, width, view),
        properties=list(book.properties),
    )


def read(request: Request) -> Iterator[bytes]:
    """A frame with the `Opening`, then frames of rows below the header, then the end. Raises a WorkbookRefused."""
    with open_book(Path(request.path), request.limits, request.known) as book:
        sheet = chosen_sheet(book, request.sheet)
        view = View(sheet, book.hidden_rows_of(sheet), request.hidden)
        header = _header(book, sheet, request)
        columns = view.columns(len(header))
        names = _names(header, columns, request, sheet)
        yield wire.frame(wire.HEADER, _encoder.encode(Opening(names, columns, view.rows_counted)))
        tidier = book.tidier(sheet)
        found = book.rows(sheet, max(request.after_row, request.header_row) + 1, LAST_ROW, len(header))
        rows = view.rows(found, columns)
        while block := list(islice(rows, request.most_rows)):
            numbers, cells = zip(*block, strict=True)
            body = _packed(numbers, picked(tidier.columns(numbers, cells), columns), sheet, columns, request.limits)
            yield wire.frame(wire.ROWS, body)
    yield wire.frame(wire.END, b"")


def chosen_sheet(book: Book, name: str | None) -> SheetFacts:
    """The visible sheet of that name, or the first visible one with more than a title, or with any cells.

    Raises SheetMissing or NoSheetWithCells.
    """
    visible = [sheet for sheet in book.sheets if not sheet.hidden]
    if name is None:
        filled = [sheet for sheet in visible if sheet.rows or sheet.is_rich]
        if not filled:
            raise NoSheetWithCells
        return next((sheet for sheet in filled if sheet.rows > 1), filled[0])
    for sheet in visible:
        if sheet.name == name:
            return sheet
    raise SheetMissing(sheet=name, sheets=", ".join(sheet.name for sheet in visible) or "none")


def _header(book: Book, sheet: SheetFacts, request: Request) -> list[Cell]:
    row = request.header_row
    first = first_row_of_header(row, sheet.spans)
    found = book.rows(sheet, first, row, request.limits.columns) if row else iter(())
    above = {number: list(cells) for number, cells in _tidy_rows(book.tidier(sheet), map(_trimmed, found))}
    return header_cells(row, above, sheet.spans)[: request.limits.columns]


def _names(header: list[Cell], columns: list[int], request: Request, sheet: SheetFacts) -> list[Any]:
    """The cells of the header in the columns that are read, wrapped. Raises HeaderBlank."""
    cells = [header[column] for column in columns]
    if not any(as_text(cell).strip() for cell in cells):
        raise HeaderBlank(row=request.header_row, sheet=sheet.name)
    return list(map(wire.wrapped, cells))


def _trimmed(row: Row) -> Row:
    """The row without the blanks at its end."""
    number, cells = row
    width = len(cells)
    while width and cells[width - 1] == "":
        width -= 1
    return number, cells[:width]


def _tidy_rows(tidier: Tidier, rows: Iterable[Row]) -> Iterator[tuple[int, list[Cell]]]:
    for number, cells in rows:
        yield number, [column[0] for column in tidier.columns([number], [cells])]


def _shown(cell: Cell) -> Cell:
    return cell[:SHOWN_CHARACTERS] if isinstance(cell, str) else cell


def _packed(
    numbers: tuple[int, ...], cells: list[list[Cell]], sheet: SheetFacts, columns: list[int], limits: Limits
) -> bytes:
    """The body that carries these cells by column."""
    body = wire.pack_columns(numbers, cells)
    # No cell can be too long in a body that is shorter than a cell may be.
    if len(body) > limits.cell_characters:
        for place, column in zip(columns, cells, strict=True):
            _check_lengths(sheet.name, numbers, column_letter(place), column, limits.cell_characters)
    return body


def _check_lengths(sheet: str, numbers: tuple[int, ...], letter: str, column: list[Cell], most: int) -> None:
    for number, cell in zip(numbers, column, strict=True):
        if isinstance(cell, str) and len(cell) > most:
            raise CellTooLong(address=address(sheet, letter, number), characters=len(cell), limit=most)
