"""What is asked for of a dataset: which rows, in which order, which columns."""

import json
import operator
import re
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Select, func, literal

from webapp.datasets import service as datasets
from webapp.sheets import Column
from webapp.sheets.conversion.types import Unfit, convert_cell, reader_of
from webapp.sql import seconds_of

from .errors import ColumnUnknown, ConditionImpossible, ConditionUnclear

CONDITION = re.compile(r"(?P<name>.+?)\s*(?P<sign>!=|<=|>=|=|<|>|~)\s*(?P<value>.*)", re.S)
WORDS = {"=": "is", "!=": "is not", "<": "is less than", "<=": "is at most", ">": "is more than", ">=": "is at least"}
WORDS |= {"~": "contains"}
SIGNS: dict[str, Callable[[Any, Any], Any]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
BOOLEANS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}


class NamedColumn(Protocol):
    """A column of a dataset."""

    field: str
    header: str
    type: str


class Table(Protocol):
    """A dataset with its columns."""

    name: str

    @property
    def columns(self) -> Sequence[NamedColumn]:
        """In their order."""


@dataclass(frozen=True)
class Asked:
    """The rows with `search` in any field that meet all conditions of `where` (`hours>=8`), sorted by the field `sort`
    or by arrival; of them the columns in `fields`, in this order, or all of them if that is empty.
    """

    search: str = ""
    where: tuple[str, ...] = ()
    sort: str | None = None
    descending: bool = False
    fields: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: str) -> "Asked":
        """As it was stored."""
        found = json.loads(stored)
        return cls(**found | {"where": tuple(found["where"]), "fields": tuple(found["fields"])})

    @property
    def stored(self) -> str:
        """How it is stored."""
        return json.dumps(asdict(self))


def columns_of(dataset: Table, asked: Asked) -> list[NamedColumn]:
    """The columns that are asked for. Raises ColumnUnknown."""
    return [column_named(dataset, name) for name in asked.fields] if asked.fields else list(dataset.columns)


def column_named(dataset: Table, name: str) -> NamedColumn:
    """The dataset's column of this field or, whatever its case, header. Raises ColumnUnknown."""
    for column in dataset.columns:
        if name == column.field or name.casefold() == column.header.casefold():
            return column
    known = ", ".join(column.field for column in dataset.columns)
    raise ColumnUnknown(dataset=dataset.name, name=name, columns=known)


def rows_query(dataset: Any, asked: Asked) -> Select[Any]:
    """The rows that are asked for. Raises ColumnUnknown, ConditionUnclear or ConditionImpossible."""
    sort = column_named(dataset, asked.sort).field if asked.sort else None
    query = datasets.rows_query(dataset, asked.search, sort, asked.descending)
    return query.where(*(_condition(dataset, text) for text in asked.where))


def in_words(dataset: Table, asked: Asked) -> list[str]:
    """What is asked for, in sentences without their stops. Raises what `rows_query` does."""
    said = [f"Only rows with “{asked.search}”"] if asked.search else []
    for text in asked.where:
        column, sign, value = parts_of(dataset, text)
        said.append(f"Only rows whose {column.header} {WORDS[sign]} “{value}”")
    if asked.sort:
        turned = ", the highest first" if asked.descending else ""
        said.append(f"Sorted by {column_named(dataset, asked.sort).header}{turned}")
    return said


def _condition(dataset: Any, text: str) -> ColumnElement[bool]:
    column, sign, value = parts_of(dataset, text)
    stored = datasets.value_in_rows(column.field)
    if not value:
        return stored.as_string().is_(None) if sign == "=" else stored.as_string().is_not(None)
    if sign == "~":
        return func.lower(stored.as_string()).contains(value.lower(), autoescape=True)
    if column.type in datasets.NUMBERS:
        return _compared(stored.as_float(), sign, float(number_of(column, value)))
    if column.type == "duration":
        return _compared(seconds_of(stored.as_string()), sign, seconds_in(column, value))
    if column.type == "boolean":
        return _compared(stored.as_boolean(), sign, literal(_boolean(column, value)))
    if column.type in ("date", "datetime"):
        return _compared(stored.as_string(), sign, moment_of(column, value))
    return _compared(func.lower(stored.as_string()), sign, value.lower())


def _compared(stored: Any, sign: str, value: Any) -> ColumnElement[bool]:
    found: ColumnElement[bool] = SIGNS[sign](stored, value)
    return found | stored.is_(None) if sign == "!=" else found


def parts_of(dataset: Table, text: str) -> tuple[NamedColumn, str, str]:
    """The column, the sign and the value of a condition. Raises ConditionUnclear or ColumnUnknown."""
    found = CONDITION.fullmatch(text.strip())
    if found is None:
        raise ConditionUnclear(text=text)
    return column_named(dataset, found["name"].strip()), found["sign"], found["value"].strip()


def number_of(column: NamedColumn, value: str) -> Decimal:
    """What a number column is compared with. Raises ConditionImpossible."""
    try:
        return Decimal(value)
    except InvalidOperation:
        raise ConditionImpossible(value=value, column=column.header, expected="write a number, as in 7.5") from None


def seconds_in(column: NamedColumn, value: str) -> float:
    """What a column of lengths of time is compared with, in seconds. Raises ConditionImpossible."""
    try:
        found = convert_cell(reader_of(Column(column.header, column.field, "duration")), value)
    except Unfit as unfit:
        raise ConditionImpossible(
            value=value, column=column.header, expected="write hours and minutes, as in 7:30"
        ) from unfit
    assert isinstance(found, timedelta), "a cell of this type becomes nothing else, unless it is blank"
    return found.total_seconds()


def _boolean(column: NamedColumn, value: str) -> bool:
    if value.casefold() not in BOOLEANS:
        raise ConditionImpossible(value=value, column=column.header, expected="write yes or no")
    return BOOLEANS[value.casefold()]


def moment_of(column: NamedColumn, value: str) -> str:
    """What a column of dates, or of moments, is compared with, in ISO 8601. Raises ConditionImpossible."""
    try:
        found = datetime.fromisoformat(value)
    except ValueError:
        expected = "write a date, as in 2026-01-31, or a date with a time, as in 2026-01-31 08:30"
        raise ConditionImpossible(value=value, column=column.header, expected=expected) from None
    return found.date().isoformat() if column.type == "date" else found.isoformat()
