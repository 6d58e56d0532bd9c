"""The document of a customer's report: a CSV as RFC 4180 has it, in which nothing is a formula. Knows no database."""

import csv
import io
import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal

from .figures import Figures
from .models import Customer, CustomerReport

Cell = str | int | date | Decimal | None
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What begins a formula, or hides one, in a spreadsheet: OWASP, CSV Injection."""
HEADINGS = {
    "status": ("By status", "Orders", "Total"),
    "month": ("By month", "Orders", "Total"),
    "product": ("By product", "Quantity", "Amount without discount and tax"),
}


def document_of(customer: Customer, report: CustomerReport) -> str:
    """The report as a document: about whom, the sums, and the figures by status, by month and by product."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    for row in _rows(customer, report):
        writer.writerow([harmless(cell) for cell in row])
    return text.getvalue()


def name_of(number: str, made_at: datetime | None) -> str:
    """What the file of a report is called: the customer's number, as far as file names may hold it, and the day."""
    whose = re.sub(r"[^A-Za-z0-9]+", "-", number).strip("-") or "customer"
    return f"report-{whose}-{made_at:%Y-%m-%d}.csv" if made_at else f"report-{whose}.csv"


def harmless(cell: Cell) -> Cell:
    """The cell as it is; a text that a spreadsheet would take for a formula, behind an apostrophe."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell


def _rows(customer: Customer, report: CustomerReport) -> Iterator[tuple[Cell, ...]]:
    yield "Customer", customer.number, customer.name
    yield "Orders", report.counted_orders
    yield "First order", report.first_on
    yield "Last order", report.last_on
    yield from _sums(report)
    figures = Figures(report.figures)
    for part, heading in HEADINGS.items():
        yield ()
        yield heading
        yield from figures.of(part)


def _sums(report: CustomerReport) -> Iterator[tuple[Cell, ...]]:
    yield ()
    yield "Processed orders", "Amount"
    yield "Subtotal", report.subtotal
    yield "Discount", report.discount
    yield "Tax", report.tax
    yield "Total", report.total
