"""JSON Lines: an object a row, by the names of the fields, exact to the last digit."""

import json
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, BinaryIO

import msgspec

from ..cells import column_letter
from . import notes
from .values import OutputColumn, OutputValue, Writer

encode = msgspec.json.Encoder(decimal_format="number").encode


class JsonLinesWriter(Writer):
    """Writes JSON Lines: moments as ISO 8601, decimals as numbers with all their digits."""

    def __init__(self, file: BinaryIO, columns: Sequence[OutputColumn], title: str) -> None:
        super().__init__(file, columns, title)
        self._fields = [column.field for column in columns]
        self._rows = 0

    def write(self, columns: Sequence[Sequence[OutputValue]]) -> None:
        """Writes rows."""
        finite = [self._finite(position, values) for position, values in enumerate(columns)]
        rows = [dict(zip(self._fields, values, strict=True)) for values in zip(*finite, strict=True)]
        self._file.write(b"".join([_line(row) for row in rows]))
        self._rows += len(rows)

    def complete(self) -> None:
        """Nothing stands at the end."""

    def abandon(self) -> None:
        """There is nothing to let go of."""

    def _finite(self, position: int, values: Sequence[OutputValue]) -> Sequence[OutputValue]:
        """The values without numbers that are none: JSON has no word for them."""
        if not {float, Decimal} & set(map(type, values)):
            return values
        lines = enumerate(values, start=self._rows + 1)
        return [None if self._is_none(value, position, line) else value for line, value in lines]

    def _is_none(self, value: OutputValue, position: int, line: int) -> bool:
        if not isinstance(value, float | Decimal) or Decimal(value).is_finite():
            return False
        self._alterations.add(position, notes.NO_NUMBER, f"{column_letter(position)}{line}")
        return True


def _line(row: dict[str, Any]) -> bytes:
    try:
        return encode(row) + b"\n"
    except UnicodeEncodeError:
        # Half a character, which UTF-8 cannot hold; JSON can, as \udXXX.
        plain = msgspec.to_builtins({name: value for name, value in row.items() if not isinstance(value, str)})
        texts = {name: value for name, value in row.items() if isinstance(value, str)}
        return json.dumps({name: texts.get(name, plain.get(name)) for name in row}).encode() + b"\n"
