"""CSV as Excel opens it: UTF-8 with its mark, commas, line ends of RFC 4180. What stays a text is said in the notes."""

import csv
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from io import TextIOWrapper
from typing import Any, BinaryIO

from ..cells import as_text, column_letter
from . import notes
from .values import IN_FORMULAS, OutputColumn, OutputValue, Writer, has_lone_surrogate, without_lone_surrogates

AS_THEY_ARE = {int, date}
"""What `csv` writes as it is to be."""
Notice = Callable[[str], None]


class CsvWriter(Writer):
    """Writes CSV. Numbers keep every digit, moments are ISO 8601 with a space, durations hours:minutes:seconds."""

    def __init__(self, file: BinaryIO, columns: Sequence[OutputColumn], title: str) -> None:
        super().__init__(file, columns, title)
        # Without the mark Excel takes UTF-8 for the code page of the machine.
        self._text = TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=False)
        self._csv = csv.writer(self._text)
        self._rows = 1
        self._csv.writerow([_text(column.header, lambda _what: None) for column in columns])

    def write(self, columns: Sequence[Sequence[OutputValue]]) -> None:
        """Writes rows."""
        said = [self._said(position, values) for position, values in enumerate(columns)]
        self._csv.writerows(zip(*said, strict=True))
        self._rows += len(columns[0])

    def complete(self) -> None:
        """Hands the last rows to the file, which stays open."""
        self._text.detach()

    def abandon(self) -> None:
        """Lets go of the file, which whoever opened it closes."""
        self._text.detach()

    def _said(self, position: int, values: Sequence[OutputValue]) -> Sequence[Any]:
        """The values of a column as `csv` writes them."""
        kinds = set(map(type, values)) - {type(None)}
        if kinds <= AS_THEY_ARE or (kinds == {str} and not _are_special(values)):
            return values
        letter = column_letter(position)
        return [
            value if value is None else _written(value, lambda what, at=at: self._notice(position, letter, at, what))  # type: ignore[misc]
            for at, value in enumerate(values, start=self._rows + 1)
        ]

    def _notice(self, position: int, letter: str, row: int, what: str) -> None:
        self._alterations.add(position, what, f"{letter}{row}")


def _are_special(texts: Sequence[Any]) -> bool:
    """Whether one of these texts must not be written as it is."""
    return any(text and text.startswith(IN_FORMULAS) for text in texts) or has_lone_surrogate(
        "".join(filter(None, texts))
    )


def _written(value: Any, notice: Notice) -> str:
    if isinstance(value, str):
        return _text(value, notice)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return _number(value, notice)
    if isinstance(value, timedelta) and value.microseconds:
        notice(notes.SECONDS)
    return value.isoformat(" ") if isinstance(value, datetime) else as_text(value)


def _text(value: str, notice: Notice) -> str:
    if has_lone_surrogate(value):
        notice(notes.UNREADABLE)
        value = without_lone_surrogates(value)
    if value.startswith(IN_FORMULAS):
        notice(notes.FORMULA_IN_CSV)
        return "'" + value
    return value


def _number(value: Decimal, notice: Notice) -> str:
    if not value.is_finite():
        notice(notes.NO_NUMBER)
        return ""
    return str(value)
