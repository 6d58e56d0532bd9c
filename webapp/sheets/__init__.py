"""Workbooks: what they are, what is in them, and their rows, read safely. No database, no Flask, nothing else of ours.

Use:

    report = inspect_workbook(path)                                   # raises WorkbookRefused, whose .sentence says why
    columns = [Column(p.header, p.field, p.type, p.required) for p in report.proposed]
    with read_rows(path, report.sheet, report.header.row) as stream:
        converter = Converter(columns, stream.header)
        for batch in stream:
            converted = converter.convert(batch)                      # .rows, .problems; batch.last_row is the cursor
"""

from .cells import Cell, CellError, ImpossibleDate, Uncached, as_text, column_letter, shown
from .conversion.columns import Column
from .conversion.converter import Converted, Converter, Problem
from .conversion.date_formats import DATE_FORMATS, DateFormat
from .conversion.definitions import check_column, check_columns
from .conversion.matching import ALIAS, CHOSEN, GUESSED, MATCHED, MISSING, Mapping, Match, match_headers
from .conversion.types import COLUMN_TYPES, ColumnType, Value
from .facts import SheetFacts
from .headers import Header
from .limits import MEGABYTE, Limits
from .reader.spools import Origin, Spool
from .refusals import FileTooLarge, WorkbookRefused
from .report.findings import Finding
from .report.inspection import SheetSummary, WorkbookReport, inspect_workbook
from .report.proposals import ProposedColumn, field_name
from .report.reporting import as_facts, as_sentences
from .rows import Batch, RowStream, read_rows
from .xlsx.preflight import Preflight, preflight

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
    "shown",
]
