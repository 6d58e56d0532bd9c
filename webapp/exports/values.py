"""Rows as datasets store them, made into values by column, for those who write them."""

import json
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from webapp.sheets.writing import OutputColumn, OutputValue

PYTHON: dict[str, Any] = {
    "text": str,
    "integer": int,
    "decimal": Decimal,
    "percent": Decimal,
    "boolean": bool,
    "date": date,
    "datetime": datetime,
    "time": time,
    "duration": timedelta,
}
"""What the values of a column are, by its type; those of a type that is not here are texts."""


class RowReader:
    """Reads rows of a dataset: a batch at once where all values are what their columns say, else value by value."""

    def __init__(self, columns: Sequence[OutputColumn]) -> None:
        self._columns = [(column.field, PYTHON.get(column.type, str) | None) for column in columns]
        # The struct's own names are ours: a field may be called `class`.
        names = {f"c{position}": column.field for position, column in enumerate(columns)}
        fields = [(name, kind, None) for name, (_, kind) in zip(names, self._columns, strict=True)]
        row = msgspec.defstruct("Row", fields, rename=names)
        self._decode = msgspec.json.Decoder(list[row]).decode  # type: ignore[valid-type]

    def columns(self, rows: Sequence[str]) -> list[Sequence[OutputValue]]:
        """The values of these rows, JSON objects all of them, by column."""
        try:
            found: Any = map(msgspec.structs.astuple, self._decode(f"[{','.join(rows)}]"))
        except (msgspec.DecodeError, UnicodeEncodeError):
            found = map(self._one, rows)
        return list(zip(*found, strict=True))

    def _one(self, row: str) -> list[OutputValue]:
        values = json.loads(row, parse_float=Decimal)
        return [_fitting(values.get(field), kind) for field, kind in self._columns]


def _fitting(value: Any, kind: Any) -> OutputValue:
    """The value as its column wants it; one that does not fit, as it is."""
    try:
        if isinstance(value, Decimal):
            return value
        return msgspec.convert(value, kind)  # type: ignore[no-any-return]
    except (msgspec.ValidationError, UnicodeEncodeError):
        return value if isinstance(value, str | int | float | bool) else json.dumps(value, default=str)
