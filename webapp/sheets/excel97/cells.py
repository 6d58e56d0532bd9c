"""The cells of one sheet of an old workbook (MS-XLS 2.4)."""

import struct
from collections.abc import Iterator

from ..binary_values import error_cell, short_number
from ..cells import Cell
from ..facts import Notes
from ..placed import Placed
from ..refusals import WorkbookDamaged
from ..serials import moment_cell, number_cell
from .globals import Globals
from .records import Records, Texts, byte_text

LABEL, LABEL_SHARED, LABEL_RICH, NUMBER, SHORT_NUMBER = 0x204, 0xFD, 0xD6, 0x203, 0x27E
SHORT_NUMBERS, TRUTH_OR_ERROR, RESULT_TEXT = 0xBD, 0x205, 0x207
FORMULAS = (0x06, 0x206, 0x406)
BETWEEN = (0x4BC, 0x221, 0x21, 0x236, 0x37, 0x3C)
"""Records that may stand between a formula and its text: shared formulas, arrays, tables and continuations."""
ROW, COLUMNS, MERGED = 0x208, 0x7D, 0xE5
HIDDEN_ROW, HIDDEN_COLUMN = 0x20, 0x1
CALCULATE_ON_LOAD = 0x2

PLACE = struct.Struct("<HHH")
DOUBLE = struct.Struct("<d")


class SheetCells:
    """The cells of a sheet, gone through as often as asked."""

    def __init__(self, stream: bytes, start: int, book: Globals) -> None:
        self._stream, self._start, self._book = stream, start, book

    def cells(self, notes: Notes) -> Iterator[Placed]:
        """The cells that are not blank, as they are stored."""
        following = Records(self._stream, self._start)
        for kind, body in following:
            if kind in (NUMBER, LABEL_SHARED, SHORT_NUMBER, LABEL, LABEL_RICH, TRUTH_OR_ERROR):
                row, column, style = PLACE.unpack_from(body)
                yield row + 1, column, self._value(kind, body, style)
            elif kind == SHORT_NUMBERS:
                yield from self._numbers(body)
            elif kind in FORMULAS:
                yield from self._formula(body, following, notes)
            else:
                _note(kind, body, notes)

    def _value(self, kind: int, body: bytes, style: int) -> Cell:
        if kind == NUMBER:
            return self._number(DOUBLE.unpack_from(body, 6)[0], style)
        if kind == SHORT_NUMBER:
            return self._number(short_number(struct.unpack_from("<L", body, 6)[0]), style)
        if kind == LABEL_SHARED:
            return self._shared(struct.unpack_from("<L", body, 6)[0])
        if kind == TRUTH_OR_ERROR:
            return error_cell(body[6]) if body[7] else bool(body[6])
        return self._text(body, 6)

    def _number(self, number: float, style: int) -> Cell:
        kind = self._book.styles[style] if style < len(self._book.styles) else None
        return moment_cell(number, kind, self._book.date1904) if kind else number_cell(float(number))

    def _shared(self, number: int) -> str:
        if number >= len(self._book.texts):
            raise WorkbookDamaged(detail="a text is missing that its cells refer to")
        return self._book.texts[number]

    def _text(self, body: bytes, at: int) -> str:
        if self._book.is_wide:
            return Texts([body], at).text()
        return byte_text(body, at, 2, self._book.encoding)

    def _numbers(self, body: bytes) -> Iterator[Placed]:
        row, first = struct.unpack_from("<HH", body)
        for place in range((len(body) - 6) // 6):
            style, packed = struct.unpack_from("<HL", body, 4 + place * 6)
            yield row + 1, first + place, self._number(short_number(packed), style)

    def _formula(self, body: bytes, following: Records, notes: Notes) -> Iterator[Placed]:
        """The stored result of a formula; a text follows in a record of its own."""
        row, column, style = PLACE.unpack_from(body)
        if body[12:14] != b"\xff\xff":
            number = DOUBLE.unpack_from(body, 6)[0]
            if number == 0 and len(body) > 14 and body[14] & CALCULATE_ON_LOAD:
                notes.doubtful_results.cell(row + 1, column)
            yield row + 1, column, self._number(number, style)
        elif body[6] == 0 and (text := self._result_text(following)):
            yield row + 1, column, text
        elif body[6] in (1, 2):
            yield row + 1, column, error_cell(body[8]) if body[6] == 2 else bool(body[8])

    def _result_text(self, following: Records) -> str | None:
        while following.next_is(*BETWEEN):
            next(iter(following))
        if not following.next_is(RESULT_TEXT):
            return None
        _, body = next(iter(following))
        if self._book.is_wide:
            return Texts(following.bodies(body)).text()
        return byte_text(body, 0, 2, self._book.encoding)


def _note(kind: int, body: bytes, notes: Notes) -> None:
    if kind == ROW and len(body) >= 16 and struct.unpack_from("<H", body, 12)[0] & HIDDEN_ROW:
        notes.hide_rows(struct.unpack_from("<H", body)[0] + 1)
    elif kind == COLUMNS and len(body) >= 10 and struct.unpack_from("<H", body, 8)[0] & HIDDEN_COLUMN:
        first, last = struct.unpack_from("<HH", body)
        notes.hide_columns(first, min(last, 255))
    elif kind == MERGED:
        for place in range(struct.unpack_from("<H", body)[0]):
            first_row, last_row, first, last = struct.unpack_from("<4H", body, 2 + place * 8)
            notes.merge((first_row + 1, first, last_row + 1, last))
