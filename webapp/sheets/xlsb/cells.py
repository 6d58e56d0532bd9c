"""The cells of one sheet of a binary workbook (MS-XLSB 2.4.302 and what is named there)."""

import struct
from collections.abc import Iterable, Iterator

from ..binary_values import error_cell, short_number
from ..cells import Cell
from ..facts import Notes
from ..placed import Placed
from ..refusals import WorkbookDamaged
from ..serials import moment_cell, number_cell
from .records import Record, text_at
from .workbook import Workbook

ROW, BLANK, SHORT_NUMBER, ERROR, TRUTH, NUMBER, TEXT, SHARED, RICH_TEXT = 0, 1, 2, 3, 4, 5, 6, 7, 62
FORMULA_TEXT, FORMULA_NUMBER, FORMULA_TRUTH, FORMULA_ERROR = 8, 9, 10, 11
COLUMNS, MERGED, END_OF_CELLS = 60, 176, 146
HIDDEN_ROW, HIDDEN_COLUMN = 0x10, 0x1
LAST_COLUMN = 16_383
CELL = struct.Struct("<LL")
DOUBLE = struct.Struct("<d")


def cells_of(records: Iterable[Record], book: Workbook, notes: Notes) -> Iterator[Placed]:
    """The cells that are not blank, as they are stored."""
    row = 0
    for kind, body in records:
        if kind == ROW:
            row = struct.unpack_from("<L", body)[0] + 1
            if body[11] & HIDDEN_ROW:
                notes.hide_rows(row)
        elif kind in _VALUES:
            column, style = CELL.unpack_from(body)
            yield row, column & LAST_COLUMN, _VALUES[kind](body, style & 0xFFFFFF, book)
        elif kind == COLUMNS:
            first, last = CELL.unpack_from(body)
            if struct.unpack_from("<H", body, 16)[0] & HIDDEN_COLUMN:
                notes.hide_columns(first, min(last, LAST_COLUMN))
        elif kind == MERGED:
            first_row, last_row, first, last = struct.unpack_from("<4L", body)
            notes.merge((first_row + 1, first, last_row + 1, last))


def _number(number: float, style: int, book: Workbook) -> Cell:
    kind = book.styles[style] if style < len(book.styles) else None
    return moment_cell(number, kind, book.date1904) if kind else number_cell(float(number))


def _short_number(body: bytes, style: int, book: Workbook) -> Cell:
    return _number(short_number(struct.unpack_from("<L", body, 8)[0]), style, book)


def _long_number(body: bytes, style: int, book: Workbook) -> Cell:
    return _number(DOUBLE.unpack_from(body, 8)[0], style, book)


def _error(body: bytes, style: int, book: Workbook) -> Cell:
    return error_cell(body[8])


def _truth(body: bytes, style: int, book: Workbook) -> Cell:
    return bool(body[8])


def _text(body: bytes, style: int, book: Workbook) -> Cell:
    return text_at(body, 8)[0]


def _rich_text(body: bytes, style: int, book: Workbook) -> Cell:
    return text_at(body, 9)[0]


def _shared(body: bytes, style: int, book: Workbook) -> Cell:
    number = int.from_bytes(body[8:12], "little")
    if number >= len(book.texts):
        raise WorkbookDamaged(detail="a text is missing that its cells refer to")
    return book.texts[number]


_VALUES = {
    SHORT_NUMBER: _short_number,
    NUMBER: _long_number,
    FORMULA_NUMBER: _long_number,
    ERROR: _error,
    FORMULA_ERROR: _error,
    TRUTH: _truth,
    FORMULA_TRUTH: _truth,
    TEXT: _text,
    FORMULA_TEXT: _text,
    RICH_TEXT: _rich_text,
    SHARED: _shared,
}
