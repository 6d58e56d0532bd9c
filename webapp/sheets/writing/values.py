"""What all writers of tables have in common: columns and values as they come, and the frame of a writer."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from types import TracebackType
from typing import BinaryIO

from .notes import Alterations, Note

OutputValue = None | str | int | float | Decimal | bool | date | datetime | time | timedelta
IN_FORMULAS = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that spreadsheets may take for a formula (OWASP, CSV injection; ASVS 5.0, 1.2.10)."""


SURROGATE = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class OutputColumn:
    """`header` stands above the column, `field` names it in JSON, `type` is the type of its values by name.

    Types: text, integer, decimal, percent, boolean, date, datetime, time, duration. The type decides how numbers look;
    how a value is written is decided by the value, so that one that does not fit its column is not lost.
    """

    header: str
    field: str
    type: str = "text"


class Writer(ABC):
    """Writes batches of rows, and completes the file at the end of its `with` block."""

    def __init__(self, file: BinaryIO, columns: Sequence[OutputColumn], title: str) -> None:
        self._file, self._columns, self._title = file, columns, title
        self._alterations = Alterations([column.header for column in columns])

    @abstractmethod
    def write(self, columns: Sequence[Sequence[OutputValue]]) -> None:
        """Writes rows, given by column: `columns[c][i]` is the value of column c in the i-th of them."""

    @abstractmethod
    def complete(self) -> None:
        """Writes what has to stand at the end."""

    @abstractmethod
    def abandon(self) -> None:
        """Lets go of the file, which is worth nothing."""

    @property
    def notes(self) -> tuple[Note, ...]:
        """What could not be written as it is, so far."""
        return self._alterations.notes

    def __enter__(self) -> "Writer":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.complete()
        else:
            with suppress(OSError, ValueError):
                self.abandon()


def without_zone(moment: datetime) -> datetime:
    """The same moment in UTC, without saying so: workbooks know no time zones."""
    return moment.astimezone(UTC).replace(tzinfo=None)


def has_lone_surrogate(text: str) -> bool:
    """Whether the text holds half a character, which no file in UTF-8 can."""
    return SURROGATE.search(text) is not None


def without_lone_surrogates(text: str) -> str:
    """The text with the sign for an unreadable character in place of each half of one."""
    return SURROGATE.sub("\ufffd", text)
