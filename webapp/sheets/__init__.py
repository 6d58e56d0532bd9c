"""Workbooks: what they are, what is in them, and their rows, read safely. No database, no Flask, nothing else of ours.

Use:

    report = inspect_workbook(path)                                   # raises WorkbookRefused, whose .sentence says why
    columns = [Column(p.header, p.field, p.type, p.required) for p in report.proposed]
    with read_rows(path, report.sheet, report.header.row) as stream:
        converter = Converter(columns, stream.header)
        for batch in stream:
            converted = converter.convert(batch)                      # .rows, .problems; batch.last_row is the cursor
"""

from .cells import Cell, CellError, ImpossibleDate, Uncached, as_text, column_letter
from .columns import Column
from .converter import Converted, Converter, Problem
from .date_formats import DATE_FORMATS, DateFormat
from .definitions import check_column, check_columns
from .facts import SheetFacts
from .findings import Finding
from .headers import Header
from .inspection import SheetSummary, WorkbookReport, inspect_workbook
from .limits import MEGABYTE, Limits
from .matching import ALIAS, CHOSEN, GUESSED, MATCHED, MISSING, Mapping, Match, match_headers
from .preflight import Preflight, preflight
from .proposals import ProposedColumn, field_name
from .refusals import FileTooLarge, WorkbookRefused
from .reporting import as_facts, as_sentences
from .rows import Batch, RowStream, read_rows
from .spools import Origin, Spool
from .types import COLUMN_TYPES, ColumnType, Value

__all__ = [
    "ALIAS",
    "CHOSEN",
    "COLUMN_TYPES",
    "DATE_FORMATS",
    "GUESSED",
    "MATCHED",
    "MEGABYTE",
    "MISSING",
    "Batch",
    "Cell",
    "CellError",
    "Column",
    "ColumnType",
    "Converted",
    "Converter",
    "DateFormat",
    "FileTooLarge",
    "Finding",
    "Header",
    "ImpossibleDate",
    "Limits",
    "Mapping",
    "Match",
    "Origin",
    "Preflight",
    "Problem",
    "ProposedColumn",
    "RowStream",
    "SheetFacts",
    "SheetSummary",
    "Spool",
    "Uncached",
    "Value",
    "WorkbookRefused",
    "WorkbookReport",
    "as_facts",
    "as_sentences",
    "as_text",
    "check_column",
    "check_columns",
    "column_letter",
    "field_name",
    "inspect_workbook",
    "match_headers",
    "preflight",
    "read_rows",
]
