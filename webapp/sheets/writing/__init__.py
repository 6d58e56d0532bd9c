"""Writing tables: workbooks, CSV and JSON Lines, in a stream, with a note of whatever could not be written as it is.

Use:

    columns = [OutputColumn("Hours", "hours", "decimal")]
    with path.open("xb") as file, start_writing("xlsx", file, columns, title="June") as writer:
        writer.write([[Decimal("7.5"), None]])                        # a batch, by column
    writer.notes                                                      # what was altered, where, how often

Memory stays the same however many rows come. A text is never written so that a spreadsheet takes it for a formula or
a link.
"""

from collections.abc import Sequence
from typing import BinaryIO

from .csv import CsvWriter
from .jsonl import JsonLinesWriter
from .notes import Note
from .values import OutputColumn, OutputValue, Writer
from .workbook import WorkbookWriter

WRITERS: dict[str, type[Writer]] = {"xlsx": WorkbookWriter, "csv": CsvWriter, "jsonl": JsonLinesWriter}
"""What can be written, by the ending of its files."""
MIME_TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
}
"""What their files are called in HTTP."""

__all__ = ["MIME_TYPES", "WRITERS", "Note", "OutputColumn", "OutputValue", "Writer", "start_writing"]


def start_writing(kind: str, file: BinaryIO, columns: Sequence[OutputColumn], title: str) -> Writer:
    """A writer of this kind, one of WRITERS, onto an open binary file that can be sought in; `title` names sheets.

    Leave its `with` block to complete the file; leave it by an exception, and the file is worth nothing.
    """
    return WRITERS[kind](file, columns, title)
