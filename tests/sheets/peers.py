"""How other programs see a workbook, in the words of our own cells."""

import csv
import re
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import python_calamine_plus
from openpyxl import load_workbook
from openpyxl.utils.escape import unescape

from webapp.sheets import Cell, CellError, as_text
from webapp.sheets.cells import to_the_second


@dataclass
class SeenSheet:
    """The filled cells of a sheet by row number and column position."""

    filled: dict[tuple[int, int], Cell]

    def row(self, number: int, width: int) -> tuple[Cell, ...]:
        return tuple(self.filled.get((number, position)) for position in range(width))

    def filled_rows(self, below: int, width: int) -> set[int]:
        return {number for number, position in self.filled if number > below and position < width}


def cells_seen_by_openpyxl(path: Path, sheet: str) -> SeenSheet:
    with warnings.catch_warnings(action="ignore"):
        page = load_workbook(path, data_only=True)[sheet]
    cells = {(row, column - 1): as_ours(cell) for (row, column), cell in page._cells.items()}
    return SeenSheet({place: cell for place, cell in cells.items() if cell is not None})


def cells_seen_by_calamine(path: Path, sheet: str) -> SeenSheet:
    page = python_calamine_plus.CalamineWorkbook.from_path(str(path)).get_sheet_by_name(sheet)
    if page.start is None:
        return SeenSheet({})
    rows = enumerate(page.to_python(skip_empty_area=True), page.start[0] + 1)
    cells = {(row, column): cell for row, cells in rows for column, cell in enumerate(cells, page.start[1])}
    return SeenSheet({place: to_the_second_if_moment(cell) for place, cell in cells.items() if cell != ""})


def to_the_second_if_moment(value: Any) -> Cell:
    return to_the_second(value) if isinstance(value, (date, datetime, time, timedelta)) else value


def as_ours(cell: Any) -> Cell:
    value = cell.value
    if value is None or value == "":
        return None
    if cell.data_type == "e":
        return CellError(value)
    if isinstance(value, str):
        return unescape(value)
    return to_the_second_if_moment(value)


def expected_rows(path: Path) -> list[list[str]]:
    """The filled rows of a CSV file, links reduced to their text."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = [[re.sub(r"<a [^>]*>|</a>", "", text) for text in row] for row in csv.reader(file)]
    return [row for row in rows if any(row)]


def rows_below(header: Sequence[str], rows: list[list[str]]) -> list[list[str]]:
    """The rows that follow the one that reads like `header`. Raises ValueError if there is none."""
    for place, row in enumerate(rows):
        if all(map(_same_label, header, row)) and len(row) >= len(header):
            return rows[place + 1 :]
    raise ValueError("None of the expected rows is the header")


def _same_label(label: str, text: str) -> bool:
    text = " ".join(text.split())
    number = float(label) if re.fullmatch(r"-?\d+(\.\d+)?", label) else label
    return label == text or agree(number, text) or (label.startswith("Column ") and not text)


def agree(cell: Cell, text: str) -> bool:
    """True if the text shows the cell, be it with a number format that rounds or counts in hundredths."""
    if as_text(cell) == text:
        return True
    number = re.fullmatch(r"-?\d+(?:\.(\d+))?(%?)", text)
    if number is None or not isinstance(cell, (int, float)):
        return False
    digits = len(number[1] or "")
    shown = cell * 100 if number[2] else cell
    return abs(float(text.rstrip("%")) - shown) <= 0.5000001 * 10**-digits
