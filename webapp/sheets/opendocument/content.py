"""The tables of an OpenDocument spreadsheet, row by row while its content streams by (OpenDocument 1.3 part 3, 9)."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

from ..cells import Cell
from ..facts import Notes
from ..refusals import DocumentTypeInside, WorkbookDamaged
from .paragraphs import CellText
from .values import Attributes, value_of

DRAWN = "draw:"
"""Pictures, charts and text boxes: what they say is none of the cell that they hang on."""
NAMESPACES = {
    "urn:oasis:names:tc:opendocument:xmlns:table:1.0": "table:",
    "urn:oasis:names:tc:opendocument:xmlns:text:1.0": "text:",
    "urn:oasis:names:tc:opendocument:xmlns:office:1.0": "office:",
    "urn:oasis:names:tc:opendocument:xmlns:style:1.0": "style:",
    "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0": "calc-",
    "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0": DRAWN,
}
PASSED_OVER = frozenset(
    ("office:annotation", "table:shapes", "table:dde-links", "table:tracked-changes", "text:ruby-text")
)
"""Elements with cells or texts that are none of the sheet's."""
LAST_COLUMN = 16_384
MOST_NAMES = 1_000
"""Names that are remembered: far more than the format has, so that only a hostile file has others."""


@dataclass(slots=True)
class OpenRow:
    """A row, or as many equal ones as `repeated` says; its cells are (column, repeated, cell), blank ones left out."""

    number: int
    repeated: int
    cells: list[tuple[int, int, Cell]] = field(default_factory=list)

    @property
    def numbers(self) -> range:
        """The numbers of the rows that it stands for."""
        return range(self.number, self.number + self.repeated)


@dataclass(slots=True)
class Table:
    """A table; `ready` are its rows that are complete and have not been taken away."""

    place: int
    name: str
    hidden: bool
    notes: Notes = field(default_factory=Notes)
    ready: list[OpenRow] = field(default_factory=list)


class ContentReader:
    """Reads the content once, from its first chunk to its last."""

    def __init__(self, part: str) -> None:
        self._part = part
        self._table: Table | None = None
        self._tables, self._hidden_styles, self._style = 0, set[str](), ""
        self._row: OpenRow | None = None
        self._next_row, self._next_column = 1, 0
        self._cell: Attributes | None = None
        self._text = CellText()
        self._passing_over = 0
        self._finished: list[Table] = []
        self._parser = _parser(self)

    def tables(self, chunks: Iterable[bytes]) -> Iterator[Table]:
        """Each table as soon as some of its rows are ready, again and again, and once more at its end.

        Take the rows that are ready each time. Raises a WorkbookRefused.
        """
        try:
            for chunk in chunks:
                self._parser.Parse(chunk, False)
                yield from self._read_so_far()
            self._parser.Parse(b"", True)
        except expat.ExpatError:
            raise WorkbookDamaged(detail=f"the part {self._part} is not well-formed") from None
        yield from self._read_so_far()

    def _read_so_far(self) -> list[Table]:
        tables, self._finished = self._finished, []
        return [*tables, self._table] if self._table else tables

    def start(self, name: str, attributes: Attributes) -> None:
        """An element begins."""
        name = SHORT[name]
        if self._passing_over:
            self._passing_over += 1
        elif (begin := _STARTS.get(name)) is not None:
            begin(self, {PLAIN[key]: value for key, value in attributes.items()})
        elif name in PASSED_OVER or name.startswith(DRAWN):
            self._passing_over = 1
        elif self._cell is not None:
            self._text.start(name, attributes)

    def end(self, name: str) -> None:
        """An element ends."""
        if self._passing_over:
            self._passing_over -= 1
        elif (finish := _ENDS.get(SHORT[name])) is not None:
            finish(self)

    def characters(self, text: str) -> None:
        """Text between elements."""
        if self._cell is not None and not self._passing_over:
            self._text.characters(text)

    def refuse(self, *_: object) -> None:
        """A document type is declared."""
        raise DocumentTypeInside(part=self._part)

    def start_style(self, attributes: Attributes) -> None:
        """A style; one that is not displayed hides its table."""
        self._style = attributes.get("style:name", "")

    def start_table_style(self, attributes: Attributes) -> None:
        """The properties of the style that began last."""
        if attributes.get("display") == "false":
            self._hidden_styles.add(self._style)

    def start_table(self, attributes: Attributes) -> None:
        """A sheet."""
        hidden = attributes.get("style-name", "") in self._hidden_styles
        self._table = Table(self._tables, attributes.get("name", ""), hidden)
        self._tables += 1
        self._next_row, self._next_column = 1, 0

    def start_column(self, attributes: Attributes) -> None:
        """One or more columns."""
        count = _repeated(attributes, "number-columns-repeated", LAST_COLUMN)
        if self._table and attributes.get("visibility", "visible") != "visible":
            self._table.notes.hide_columns(self._next_column, self._next_column + count - 1)
        self._next_column += count

    def start_row(self, attributes: Attributes) -> None:
        """One or more equal rows."""
        self._row = OpenRow(self._next_row, _repeated(attributes, "number-rows-repeated", 1 << 31))
        self._next_column = 0
        if self._table and attributes.get("visibility", "visible") != "visible":
            self._table.notes.hide_rows(self._row.number, self._row.repeated)

    def start_cell(self, attributes: Attributes) -> None:
        """One or more equal cells."""
        if self._row is None or self._table is None:
            return
        self._cell = attributes
        self._text.clear()
        if "number-rows-spanned" in attributes or "number-columns-spanned" in attributes:
            self._note_span(self._table, self._row.number, attributes)

    def _note_span(self, table: Table, first: int, attributes: Attributes) -> None:
        rows = _repeated(attributes, "number-rows-spanned", 1 << 20)
        columns = _repeated(attributes, "number-columns-spanned", LAST_COLUMN)
        if rows > 1 or columns > 1:
            table.notes.merge((first, self._next_column, first + rows - 1, self._next_column + columns - 1))

    def _end_cell(self) -> None:
        if self._cell is None or self._row is None:
            return
        place, value = self._next_column, value_of(self._cell, self._text.text)
        repeated = _repeated(self._cell, "number-columns-repeated", LAST_COLUMN)
        self._next_column, self._cell = place + repeated, None
        if value != "" and place < LAST_COLUMN:
            self._row.cells.append((place, min(repeated, LAST_COLUMN - place), value))

    def _end_row(self) -> None:
        if self._row is None:
            return
        self._next_row += self._row.repeated
        if self._row.cells and self._table:
            self._table.ready.append(self._row)
        self._row = None

    def _end_table(self) -> None:
        if self._table is not None:
            self._finished.append(self._table)
            self._table = None


_STARTS: dict[str, Callable[[ContentReader, Attributes], None]] = {
    "style:style": ContentReader.start_style,
    "style:table-properties": ContentReader.start_table_style,
    "table:table": ContentReader.start_table,
    "table:table-column": ContentReader.start_column,
    "table:table-row": ContentReader.start_row,
    "table:table-cell": ContentReader.start_cell,
    "table:covered-table-cell": ContentReader.start_cell,
}
_ENDS: dict[str, Callable[[ContentReader], None]] = {
    "table:table": ContentReader._end_table,
    "table:table-row": ContentReader._end_row,
    "table:table-cell": ContentReader._end_cell,
    "table:covered-table-cell": ContentReader._end_cell,
}


def _parser(reader: ContentReader) -> Any:
    parser: Any = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    parser.StartDoctypeDeclHandler = reader.refuse
    return parser


def _short(name: str) -> str:
    namespace, _, local = name.rpartition(" ")
    return NAMESPACES.get(namespace, "") + local


def _plain(name: str) -> str:
    """The name of an attribute as this module uses it."""
    return _short(name).removeprefix("table:").removeprefix("office:")


def _repeated(attributes: Attributes, name: str, most: int) -> int:
    if name not in attributes:
        return 1
    count = attributes[name]
    return min(int(count), most) if count.isdecimal() and len(count) < 20 and int(count) else 1


class _Names(dict[str, str]):
    """What this module calls a name that the parser gives: found out once, for it comes a million times."""

    def __init__(self, call: Callable[[str], str]) -> None:
        super().__init__()
        self._call = call

    def __missing__(self, name: str) -> str:
        called = self._call(name)
        if len(self) < MOST_NAMES:
            self[name] = called
        return called


SHORT, PLAIN = _Names(_short), _Names(_plain)
