"""The report of a file for programs and for people."""

from typing import Any

from .inspection import WorkbookReport


def as_facts(report: WorkbookReport) -> dict[str, Any]:
    """The report as values that JSON knows."""
    return {
        "kind": report.kind,
        "encoding": report.encoding,
        "delimiter": report.delimiter,
        "sheets": [{"name": sheet.name, "rows": sheet.rows} for sheet in report.sheets],
        "hidden_sheets": report.hidden_sheets,
        "sheet": report.sheet,
        "header_row": report.header.row,
        "columns": list(report.header.labels),
        "rows": report.rows_counted,
        "findings": [
            {
                "code": finding.code,
                "count": finding.count,
                "first": finding.first,
                "matters": finding.matters,
                "sentence": finding.sentence,
            }
            for finding in report.findings
        ],
    }


def as_sentences(report: WorkbookReport) -> list[str]:
    """The report as lines to read: the sheets, what the chosen one holds, and what was found."""
    sheets = [f"Sheet {sheet.name}: {sheet.rows:,} {_rows(sheet.rows)}." for sheet in report.sheets]
    columns = len(report.header.labels)
    chosen = (
        f"{report.rows_counted:,} {_rows(report.rows_counted)} below the header in row {report.header.row} of "
        f"{report.sheet}, {columns:,} {'column' if columns == 1 else 'columns'}."
    )
    return [report.findings[0].sentence, *sheets, chosen, *(finding.sentence for finding in report.findings[1:])]


def _rows(count: int) -> str:
    return "row" if count == 1 else "rows"
