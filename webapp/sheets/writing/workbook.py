"""Workbooks (.xlsx), written in a stream: sheet after sheet, each row as it comes, straight into the package."""

from collections.abc import Sequence
from typing import BinaryIO
from zipfile import ZIP_DEFLATED, ZipFile

from ..cells import address, column_letter
from . import parts
from .notes import Note
from .sheet import Sheet
from .styles import stylesheet
from .values import OutputColumn, OutputValue, Writer

LEVEL = 1
"""Of compression: the next ones cost twice the time, and save a fifth of the size."""
ROWS = 1_048_576
"""Of a sheet, header included (Excel's specifications and limits)."""
SHEET_BYTES = 1 << 30
"""Of a sheet's XML: a little more would need extensions of the zip format that not every program reads."""
NOTES = (
    OutputColumn("First cell", "place"),
    OutputColumn("Column", "column"),
    OutputColumn("What was altered", "what"),
    OutputColumn("Cells", "count", "integer"),
)


class WorkbookWriter(Writer):
    """Writes a workbook. What is more than a sheet holds goes on in the next; the last one, Notes, is there only if
    something was altered.
    """

    def __init__(self, file: BinaryIO, columns: Sequence[OutputColumn], title: str) -> None:
        super().__init__(file, columns, title)
        self._package = ZipFile(file, "w", ZIP_DEFLATED, compresslevel=LEVEL)
        # Programs that tell a file's kind by its beginning look for these first.
        self._put("_rels/.rels", parts.root_relations())
        self._put("xl/styles.xml", stylesheet())
        self._names: list[str] = []
        self._listed: list[parts.Listed] = []
        self._sheet: Sheet | None = None

    def write(self, columns: Sequence[Sequence[OutputValue]]) -> None:
        """Writes rows, on as many sheets as they need."""
        count, done = len(columns[0]), 0
        while done < count:
            sheet = self._open_sheet(columns)
            taken = min(count - done, ROWS - sheet.rows)
            sheet.write([column[done : done + taken] for column in columns] if taken < count else columns, self._notice)
            done += taken

    def complete(self) -> None:
        """Ends the last sheet, adds the notes, and closes the package."""
        self._close(self._sheet or self._open_sheet([[] for _ in self._columns]))
        if self.notes:
            self._write_notes(self.notes)
        self._put("xl/workbook.xml", parts.workbook(self._listed))
        self._put("xl/_rels/workbook.xml.rels", parts.workbook_relations(self._names))
        self._put("[Content_Types].xml", parts.content_types(self._names))
        self._package.close()

    def abandon(self) -> None:
        """Closes what is open."""
        if self._sheet is not None:
            self._sheet.abandon()
        self._package.close()

    def _open_sheet(self, sample: Sequence[Sequence[OutputValue]]) -> Sheet:
        """The sheet that takes the next row; `sample` decides how wide the columns of a new one are."""
        if self._sheet is not None and (self._sheet.rows >= ROWS or self._sheet.size >= SHEET_BYTES):
            self._close(self._sheet)
            self._sheet = None
        if self._sheet is None:
            name = parts.sheet_name(self._title, len(self._names) + 1)
            self._sheet = self._new_sheet(name, self._columns, sample)
        return self._sheet

    def _new_sheet(self, name: str, columns: Sequence[OutputColumn], sample: Sequence[Sequence[OutputValue]]) -> Sheet:
        self._names.append(name)
        part = self._package.open(f"xl/worksheets/sheet{len(self._names)}.xml", "w")
        return Sheet(part, columns, sample)

    def _write_notes(self, notes: Sequence[Note]) -> None:
        lines = [[getattr(note, column.field) for note in notes] for column in NOTES]
        sheet = self._new_sheet("Notes", NOTES, lines)
        sheet.write(lines, lambda _column, _row, _what: None)
        self._close(sheet)

    def _close(self, sheet: Sheet) -> None:
        sheet.close()
        self._listed.append(parts.Listed(self._names[-1], sheet.table))

    def _notice(self, column: int, row: int, what: str) -> None:
        self._alterations.add(column, what, address(self._names[-1], column_letter(column), row))

    def _put(self, name: str, text: str) -> None:
        self._package.writestr(name, parts.DECLARATION + text)
