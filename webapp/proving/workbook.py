"""Workbooks for a proof: time sheets in which no two rows are alike."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from rustpy_xlsxwriter import FastExcel

BAD_EVERY = 40
"""In one row of so many, a number is none."""
FIRST_DAY = date(2026, 1, 5)


def write(path: Path, rows: int, *, start: int = 0, bad_every: int | None = None) -> Path:
    """A time sheet with so many rows; "Entry no" counts on from `start`, so that no workbook repeats another's rows."""
    FastExcel(str(path)).sheet("Hours", _rows(rows, start, bad_every)).save()
    return path


def _rows(rows: int, start: int, bad_every: int | None) -> Iterator[dict[str, Any]]:
    for number in range(start, start + rows):
        is_bad = bad_every is not None and (number - start + 1) % bad_every == 0
        yield {
            "Entry no": f"E{number:08d}",
            "Employee no": f"{number % 400:05d}",
            "Day": FIRST_DAY + timedelta(days=number % 250),
            "Hours": "seven and a half" if is_bad else number % 32 * 0.25 + 0.25,
            "Note": f"Shift {number % 3}",
        }
