"""The checks that a spreadsheet program makes by itself while somebody fills a blank workbook. None is stricter than
the import: what a program cannot check as the import does, it lets pass.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

from openpyxl.utils.datetime import to_excel
from openpyxl.worksheet.datavalidation import DataValidation

from webapp.sheets import COLUMN_TYPES, Value
from webapp.sheets.conversion.rules import limit_of
from webapp.sheets.conversion.types import reader_of

from .columns import TemplateColumn

LONGEST_LIST = 250
"""Characters of a list that may stand in the check itself: Excel takes 255."""
KINDS = {
    "integer": "whole", "decimal": "decimal", "percent": "decimal", "date": "date", "datetime": "date",
    "time": "time", "duration": "decimal",
}  # fmt: skip
LEAST = {"integer": "-9007199254740992", "date": "1", "datetime": "1", "time": "0"}
"""Where a type has no minimum of its own, so that the check still asks for the type."""

StoreList = Callable[[Sequence[str]], str]
"""Puts words where a check can refer to them, and answers how it does."""


def check_for(column: TemplateColumn, store_list: StoreList) -> DataValidation | None:
    """The check of a column's cells, None if there is none to make."""
    if column.replacements:
        return None
    if column.type == "choice":
        return _one_of(column.choices, store_list)
    if column.type == "boolean":
        return _one_of((*column.yes[:1], *column.no[:1]) or ("yes", "no"), store_list)
    if column.type in KINDS:
        return None if column.date_format or column.decimal_sign else _between(KINDS[column.type], column)
    return _between("textLength", column) if COLUMN_TYPES[column.type].in_characters else None


def _one_of(words: Sequence[str], store_list: StoreList) -> DataValidation:
    inline = ",".join(words)
    plain = len(inline) <= LONGEST_LIST and not any(set(word) & set(',"') for word in words)
    return DataValidation(type="list", formula1=f'"{inline}"' if plain else store_list(words))


def _between(kind: str, column: TemplateColumn) -> DataValidation | None:
    least, most = (_limit(column, getattr(column, name)) for name in ("minimum", "maximum"))
    least = least or LEAST.get(column.type)
    if least and most:
        return DataValidation(type=kind, operator="between", formula1=least, formula2=most)
    if least:
        return DataValidation(type=kind, operator="greaterThanOrEqual", formula1=least)
    return DataValidation(type=kind, operator="lessThanOrEqual", formula1=most) if most else None


def _limit(column: TemplateColumn, text: str | None) -> str | None:
    """A limit as a number of the spreadsheet's own."""
    value: Any = limit_of(COLUMN_TYPES[column.type], reader_of(column), text)
    return None if value is None else _as_number(value)


def _as_number(value: Value) -> str:
    if isinstance(value, timedelta):
        return str(value / timedelta(days=1))
    if isinstance(value, date | datetime | time):
        return str(to_excel(value))
    return format(value, "f") if isinstance(value, Decimal) else str(value)
