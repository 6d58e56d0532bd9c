"""Which sheet of an uploaded workbook is meant, and which row is its header: what the address says, and the choice."""

from typing import Any

from flask import request

from webapp.sheets import WorkbookReport, as_text

from .. import submission
from ..models import Upload

SHOWN_CELLS, SHOWN_TEXT = 6, 24
"""Cells of a row in the list of rows among which the header is chosen, and characters of each."""


def is_asked_for() -> bool:
    """Whether the address names a sheet."""
    return "sheet" in request.args


def asked_for(found: Upload, hidden: str = "include") -> WorkbookReport:
    """The report on the sheet and the header row that the address names. Raises UploadGone, or WorkbookRefused."""
    row = request.args.get("row", 0, int)
    return submission.inspect(
        found, sheet=request.args.get("sheet"), header_row=row if row > 0 else None, hidden=hidden
    )


def choice_of(report: WorkbookReport) -> dict[str, Any]:
    """The sheets and rows there are to choose from, and those that the report is about."""
    return {
        "sheet": report.sheet,
        "sheets": [sheet.name for sheet in report.sheets],
        "header_row": report.header.row,
        "header_rows": [(number, _line(cells)) for number, cells in report.top],
    }


def _line(cells: Any) -> str:
    """A row of the sheet as one line."""
    texts = [text for cell in cells if (text := as_text(cell).strip())]
    shown = " · ".join(text[:SHOWN_TEXT] for text in texts[:SHOWN_CELLS])
    return f"{shown} …" if len(texts) > SHOWN_CELLS else shown
