"""The rows of all files and datasets that are measured: ten columns, as the time sheets of an office have them."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

COLUMNS = (
    ("code", "text"), ("person", "text"), ("day", "date"), ("begun", "datetime"), ("number", "integer"),
    ("hours", "decimal"), ("amount", "decimal"), ("billable", "boolean"), ("place", "text"), ("note", "text"),
)  # fmt: skip
"""Field and type; the first is the key."""
FIELDS = [field for field, _ in COLUMNS]
FIRST_DAY = date(2026, 1, 5)

Row = tuple[object, ...]


def row(number: int) -> Row:
    """Texts that come once and texts that many rows share, numbers, moments, truths; two in three notes are blank."""
    day = FIRST_DAY + timedelta(days=number % 250)
    begun = datetime(day.year, day.month, day.day, 8, number % 60)
    note = None if number % 3 else f"Note {number} & more"
    amounts = number % 32 * 0.25, number / 100
    return f"E{number:08}", f"Person {number % 400}", day, begun, number, *amounts, number % 2 == 0, "Quay 4", note


def rows(count: int) -> Iterator[Row]:
    """So many of them."""
    return map(row, range(count))
