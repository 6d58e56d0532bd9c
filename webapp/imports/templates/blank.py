"""A blank workbook for a template: its header, notes that say what each column takes, and checks while it is filled.

What is filled in it imports with nothing to map (B23).
"""

from collections.abc import Sequence
from dataclasses import fields, replace
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.workbook.child import INVALID_TITLE_REGEX
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from .blank_checks import check_for
from .columns import TemplateColumn
from .rule_words import notes_of

LAST_ROW = 1_048_576
LISTS = "Lists"
"""The hidden sheet with choices that are too many or too odd to stand in a check."""
FORMATS = {
    "date": "yyyy-mm-dd",
    "datetime": "yyyy-mm-dd hh:mm",
    "time": "hh:mm",
    "duration": "[h]:mm",
    "percent": "0.00%",
    "integer": "0",
    "decimal": "General",
}
"""How cells of a type are shown; those of all others are texts, so that leading zeros stay."""
TEXT = "@"
WIDTHS = (12, 40)
NOTE_WIDTH, LINE_HEIGHT, LINE_LENGTH = 300, 18, 42
LINE, NARROW = 15, 0.9
"""The height of a line, in points, and how much of a column's width a bold header fills."""
BOLD = Font(name="Calibri", size=11, family=2, bold=True)
HEAD = PatternFill("solid", start_color="E8EDF1")
NEEDED = PatternFill("solid", start_color="DFEAF2")


def blank_workbook(name: str, sheet: str | None, columns: Sequence[TemplateColumn]) -> bytes:
    """The workbook as a file (.xlsx): `name` is the template's; `sheet` that of its sheet, or the template's again."""
    columns = [_writable(column) for column in columns]
    book = Workbook()
    page = book.active
    page.title = " ".join(INVALID_TITLE_REGEX.sub(" ", _writable(sheet or name)).split()).strip("'")[:31] or "Rows"
    lists = book.create_sheet(LISTS if page.title != LISTS else f"{LISTS} 2")
    lists.sheet_state = "hidden"
    for place, column in enumerate(columns, start=1):
        _write_head(page, place, column)
        _format(page, place, column)
        _check(page, lists, place, column)
    page.row_dimensions[1].height = LINE * max(map(_lines, columns))
    page.freeze_panes = "A2"
    _lay_out(page)
    book.properties.creator, book.properties.title = "Longshore", _writable(name)
    if lists.max_column == 1 and lists["A1"].value is None:
        book.remove(lists)
    file = BytesIO()
    book.save(file)
    return file.getvalue()


def _writable(value: Any) -> Any:
    """A text, or all texts of a column, without characters that no workbook can hold."""
    if isinstance(value, TemplateColumn):
        texts = {name: _writable(getattr(value, name)) for name in (field.name for field in fields(value))}
        return replace(value, **texts)
    if isinstance(value, tuple):
        return tuple(map(_writable, value))
    return ILLEGAL_CHARACTERS_RE.sub("", value) if isinstance(value, str) else value


def _write_head(page: Worksheet, place: int, column: TemplateColumn) -> None:
    cell = page.cell(1, place, column.header)
    cell.data_type = "s"  # also a header that looks like a formula
    cell.number_format = TEXT
    cell.font = BOLD
    cell.fill = NEEDED if column.required else HEAD
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    notes = notes_of(column, column.key)
    height = LINE_HEIGHT * (1 + sum(1 + len(note) // LINE_LENGTH for note in notes))
    cell.comment = Comment("\n".join(notes), "Longshore", height=height, width=NOTE_WIDTH)


def _format(page: Worksheet, place: int, column: TemplateColumn) -> None:
    dimension = page.column_dimensions[get_column_letter(place)]
    dimension.number_format = FORMATS.get(column.type, TEXT)
    dimension.width = _width(column)


def _width(column: TemplateColumn) -> int:
    return max(WIDTHS[0], min(WIDTHS[1], len(column.header) + 4))


def _lines(column: TemplateColumn) -> int:
    """How many lines the header of a column takes."""
    return 1 + int(len(column.header) / (_width(column) * NARROW))


def _lay_out(page: Worksheet) -> None:
    """The page of paper: laid across, the header on each, all columns on one."""
    page.page_setup.orientation, page.page_setup.fitToHeight = "landscape", 0
    page.sheet_properties.pageSetUpPr.fitToPage = True
    page.print_title_rows = "1:1"


def _check(page: Worksheet, lists: Worksheet, place: int, column: TemplateColumn) -> None:
    check = check_for(column, lambda words: _list(lists, words))
    if check is None:
        return
    letter = get_column_letter(place)
    check.add(f"{letter}2:{letter}{LAST_ROW}")
    _explain(check, column)
    page.add_data_validation(check)


def _explain(check: DataValidation, column: TemplateColumn) -> None:
    check.allow_blank = True
    check.showErrorMessage = True
    check.errorTitle = column.header[:32]
    check.error = " ".join(notes_of(column))[:225]


def _list(lists: Worksheet, words: Sequence[str]) -> str:
    """Writes words into a column of the hidden sheet; answers where they stand."""
    place = 1 if lists["A1"].value is None else lists.max_column + 1
    for row, word in enumerate(words, start=1):
        cell = lists.cell(row, place, word)
        cell.data_type, cell.number_format = "s", TEXT
    letter = get_column_letter(place)
    return f"'{lists.title}'!${letter}$1:${letter}${len(words)}"
