"""A workbook of rows as they came from another one, with a mark and a note on each cell that somebody is to look at.

Use:

    columns = [MarkedColumn("Row", "integer"), MarkedColumn("Hours", "decimal")]
    with MarkedWriter(file, "June", columns, about=["What this is"], properties=["mine"]) as writer:
        writer.write([7, "N/A"], {1: "is not a number"})

Cells keep their types: numbers, moments, texts byte for byte, errors as errors. No text is ever a formula or a link.
Memory stays the same however many rows come.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import TracebackType
from typing import Any, BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from ..cells import Cell, CellError, ImpossibleDate, Uncached, column_letter
from . import parts
from .cells import DAY_ZERO, FIRST_DAY, FIRST_MOMENT, cell_of, serial
from .notes_parts import COMMENTS, CellNotes
from .page import PAGE, fit, height_of, lines_of
from .sheet import FILTER_ARROW, WIDEST
from .styles import MAIN, Style, marked, stylesheet
from .texts import escaped, header_cell

LEVEL = 1
SHEET, ABOUT = "xl/worksheets/sheet1.xml", "xl/worksheets/sheet2.xml"
ABOUT_WIDTH = 100
EXCELS_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}
"""What a cell of an error may hold (ECMA-376 part 1, 18.18.11); others are written as texts."""
NOT_AVAILABLE = CellError("#N/A")
STYLES = {
    "text": Style.TEXT, "choice": Style.TEXT, "email": Style.TEXT, "reference": Style.TEXT, "wrapped": Style.WRAPPED,
    "date": Style.DATE, "datetime": Style.DATETIME, "time": Style.TIME, "duration": Style.DURATION,
    "percent": Style.PERCENT,
}  # fmt: skip
"""How a blank or a text looks in a column of this type: what somebody types over it is to become a value of the type,
and not a text that looks like one.
"""


@dataclass(frozen=True, slots=True)
class MarkedColumn:
    """A column: what stands above it, the type of the values that belong into it, and its width in characters."""

    header: str
    type: str = "text"
    width: int = 16


class MarkedWriter:
    """Writes the workbook, and completes it at the end of its `with` block. `frozen` columns stay in view."""

    def __init__(
        self, file: BinaryIO, sheet: str, columns: Sequence[MarkedColumn], *, about: Sequence[str],
        properties: Sequence[str] = (), frozen: int = 0,
    ) -> None:  # fmt: skip
        self._columns, self._about, self._properties = columns, about, properties
        self._letters = [column_letter(position) for position in range(len(columns))]
        self._styles = [STYLES.get(column.type, Style.GENERAL) for column in columns]
        name = parts.sheet_name(sheet, 1)
        self._names = [name, parts.sheet_name("About", 2 if name.casefold() == "about" else 1)]
        self._package = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        self._put("_rels/.rels", parts.root_relations(bool(properties)))
        self._put("xl/styles.xml", stylesheet())
        self._notes = CellNotes("Longshore")
        self._part = self._package.open(SHEET, "w")
        self._rows = 0
        self._part.write(_beginning(columns, frozen).encode())
        self._row([header_cell(column.header) for column in columns])

    def write(self, cells: Sequence[Cell], notes: Mapping[int, str]) -> None:
        """Writes a row; `notes` has the text of the note for each cell that is to be marked, by its position."""
        written = [self._cell(position, cell, position in notes) for position, cell in enumerate(cells)]
        self._row(written, max(map(self._lines, range(len(cells)), cells), default=1))
        for position in sorted(notes):
            self._notes.add(self._rows, position, notes[position])

    def __enter__(self) -> "MarkedWriter":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        try:
            if kind is None:
                self._complete()
            else:
                with suppress(OSError, ValueError):
                    self._part.close()
                    self._package.close()
        finally:
            self._notes.close()

    def _cell(self, position: int, cell: Cell, is_marked: bool) -> str:
        written = _written(cell, self._styles[position])
        if not is_marked:
            return written
        start, attribute, style, rest = written.split('"', 3)
        return f'{start}"{attribute}"{marked(int(style))}"{rest}'

    def _lines(self, position: int, cell: Cell) -> int:
        """How many lines a cell takes."""
        if type(cell) is not str:
            return 1
        is_wrapped = self._styles[position] is Style.WRAPPED
        return lines_of(cell, _width(self._columns[position])) if is_wrapped else 1 + cell.count("\n")

    def _row(self, cells: Sequence[str], lines: int = 1) -> None:
        self._rows += 1
        number = self._rows
        placed = [f'<c r="{letter}{number}{cell}' for letter, cell in zip(self._letters, cells, strict=False)]
        self._part.write(f'<row r="{number}"{height_of(lines)}>{"".join(placed)}</row>'.encode())

    def _complete(self) -> None:
        table = f"A1:{self._letters[-1]}{self._rows}"
        drawing = f'<legacyDrawing xmlns:r="{parts.RELATIONS}" r:id="rId1"/>' if self._notes else ""
        self._part.write(
            f'</sheetData><autoFilter ref="{table}"/>{PAGE}<ignoredErrors><ignoredError sqref="{table}" '
            f'numberStoredAsText="1"/></ignoredErrors>{drawing}</worksheet>'.encode()
        )
        self._part.close()
        if self._notes:
            self._notes.write_into(self._package, SHEET)
        self._put(ABOUT, _about(self._about))
        if self._properties:
            self._put("docProps/custom.xml", parts.properties(self._properties))
        listed = [parts.Listed(self._names[0], (self._letters[-1], self._rows)), parts.Listed(self._names[1])]
        self._put("xl/workbook.xml", parts.workbook(listed))
        self._put("xl/_rels/workbook.xml.rels", parts.workbook_relations(self._names))
        comments = COMMENTS if self._notes else None
        self._put("[Content_Types].xml", parts.content_types(self._names, comments, bool(self._properties)))
        self._package.close()

    def _put(self, name: str, text: str) -> None:
        self._package.writestr(name, parts.DECLARATION + text)


def _written(cell: Cell, style: Style) -> str:
    """A cell as it came, as the end of `<c r="A1`."""
    kind = type(cell)
    if kind is str:
        return _text(str(cell), style)
    if cell is None:
        return f'" s="{style:d}"/>'
    if style is Style.PERCENT and kind in (int, float):
        return _number(cell, style)  # type: ignore[arg-type]
    one = _EXACTLY.get(kind)
    return one(cell) if one else cell_of(cell, Style.GENERAL, lambda _what: None)


def _text(text: str, style: Style) -> str:
    """A text, whose format is that of its column unless it looks like a formula, or has several lines."""
    if style is Style.TEXT and "\n" in text:
        style = Style.WRAPPED
    written = cell_of(text, style, lambda _what: None)
    plain = f'" s="{Style.TEXT:d}"'
    return f'" s="{style:d}"{written[len(plain) :]}' if written.startswith(plain) else written


def _number(value: int | float, style: Style = Style.GENERAL) -> str:
    return f'" s="{style:d}"><v>{value!r}</v></c>'


def _date(value: date) -> str:
    # Excel counts a 29 February 1900: the days before it have the number of the day before theirs.
    if date(1900, 1, 1) <= value < FIRST_DAY:
        return f'" s="{Style.DATE:d}"><v>{value.toordinal() - DAY_ZERO - 1}</v></c>'
    return cell_of(value, Style.GENERAL, lambda _what: None)


def _datetime(value: datetime) -> str:
    if datetime(1900, 1, 1) <= value < FIRST_MOMENT:
        return f'" s="{Style.DATETIME:d}"><v>{serial(value - timedelta(days=1))!r}</v></c>'
    return cell_of(value, Style.GENERAL, lambda _what: None)


def _error(value: CellError) -> str:
    if value.code not in EXCELS_ERRORS:
        return cell_of(value.code, Style.GENERAL, lambda _what: None)
    return f'" s="{Style.GENERAL:d}" t="e"><v>{value.code}</v></c>'


def _impossible(value: ImpossibleDate) -> str:
    return f'" s="{Style.DATE:d}"><v>{escaped(value.number)}</v></c>'


_EXACTLY: dict[type, Callable[[Any], str]] = {
    int: _number,
    float: _number,
    date: _date,
    datetime: _datetime,
    CellError: _error,
    ImpossibleDate: _impossible,
    Uncached: lambda _cell: _error(NOT_AVAILABLE),
}
"""Cells that are written as they were read, whatever an export would make of such a value."""


def _beginning(columns: Sequence[MarkedColumn], frozen: int) -> str:
    widths = list(map(_width, columns))
    wide = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    corner = f"{column_letter(frozen)}2"
    split = f'xSplit="{frozen}" ' if frozen else ""
    where = "bottomRight" if frozen else "bottomLeft"
    pane = f'<pane {split}ySplit="1" topLeftCell="{corner}" activePane="{where}" state="frozen"/>'
    return (
        f'{parts.DECLARATION}<worksheet xmlns="{MAIN}">{fit(widths)}'
        f'<sheetViews><sheetView tabSelected="1" workbookViewId="0">{pane}'
        f'<selection pane="{where}" activeCell="{corner}" sqref="{corner}"/></sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{wide}</cols><sheetData>'
    )


def _width(column: MarkedColumn) -> int:
    """Excel takes none beyond 255, which a long header comes to."""
    return min(WIDEST, max(column.width, len(column.header) + FILTER_ARROW))


def _about(lines: Sequence[str]) -> str:
    cells = [header_cell(line) if place == 0 else _text(line, Style.WRAPPED) for place, line in enumerate(lines)]
    rows = "".join(
        f'<row r="{number}"{height_of(lines_of(line, ABOUT_WIDTH))}><c r="A{number}{cell}</row>'
        for number, (line, cell) in enumerate(zip(lines, cells, strict=True), start=1)
    )
    return (
        f'<worksheet xmlns="{MAIN}"><sheetFormatPr defaultRowHeight="15"/>'
        f'<cols><col min="1" max="1" width="{ABOUT_WIDTH}" customWidth="1"/></cols><sheetData>{rows}</sheetData>'
        f"{PAGE}</worksheet>"
    )
