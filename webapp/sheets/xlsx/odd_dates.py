"""Numbers under a date format that are no dates, looked up in the sheet's own text.

Excel counts a 29 February 1900 that never was (its day 60), and has no days below 0; the parser turns both into
something that looks sound. Only where a value could be such a one is the sheet read a second time, in step.
"""

import sys
from collections.abc import Iterator
from datetime import date, datetime, time
from pathlib import Path
from typing import Any
from xml.parsers import expat
from zipfile import ZipFile

from ..refusals import WorkbookDamaged

CHUNK = 64 * 1024
DAY_BEFORE_THE_GAP = date(1900, 2, 28)
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"

OddNumbers = dict[int, str]
"""Text of the odd numbers of one row, by column counted from 0."""
BEYOND: tuple[int, OddNumbers] = (sys.maxsize, {})
"""Stands behind the last row."""


def may_be_odd(value: object) -> bool:
    """True if the parser may have made this value of a number that is no date."""
    if type(value) is time:
        return True
    day = value.date() if type(value) is datetime else value
    return type(day) is date and day == DAY_BEFORE_THE_GAP


class OddDates:
    """Answers for one sheet, block after block in rising order, which numbers stand for no date."""

    def __init__(self, path: Path, part: str, date1904: bool) -> None:
        self._rows = _odd_rows(path, part, date1904)
        self._ahead: tuple[int, OddNumbers] | None = None

    def between(self, first: int, last: int) -> dict[int, OddNumbers]:
        """The odd numbers of the rows from `first` to `last`, by row number. Call it with rising rows only."""
        found: dict[int, OddNumbers] = {}
        row, numbers = self._ahead or next(self._rows, BEYOND)
        while row <= last:
            if row >= first:
                found[row] = numbers
            row, numbers = next(self._rows, BEYOND)
        self._ahead = row, numbers
        return found


def _odd_rows(path: Path, part: str, date1904: bool) -> Iterator[tuple[int, OddNumbers]]:
    reader = _SheetReader(date1904)
    with ZipFile(path) as container, container.open(part) as file:
        while chunk := file.read(CHUNK):
            try:
                reader.parser.Parse(chunk, False)
            except (expat.ExpatError, ValueError):
                raise WorkbookDamaged(detail="one of its parts is not well-formed") from None
            yield from reader.take()


class _SheetReader:
    """Collects the odd numbers of the rows that have been parsed so far."""

    def __init__(self, date1904: bool) -> None:
        self.parser: Any = expat.ParserCreate(namespace_separator=" ")
        self.parser.StartElementHandler = self._start
        self.parser.EndElementHandler = self._end
        self.parser.CharacterDataHandler = self._characters
        self._date1904 = date1904
        self._ready: list[tuple[int, OddNumbers]] = []
        self._row, self._column = 0, -1
        self._numbers: OddNumbers = {}
        self._text: list[str] | None = None

    def take(self) -> list[tuple[int, OddNumbers]]:
        """The rows that are complete and hold odd numbers; each is handed out once."""
        ready, self._ready = self._ready, []
        return ready

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        local = name.rpartition(" ")[2]
        if local == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column, self._numbers = -1, {}
        elif local == "c":
            reference = attributes.get("r")
            self._column = _column(reference) if reference else self._column + 1
        elif local == "v":
            self._text = []

    def _characters(self, text: str) -> None:
        if self._text is not None:
            self._text.append(text)

    def _end(self, name: str) -> None:
        local = name.rpartition(" ")[2]
        if local == "v" and self._text is not None:
            self._note("".join(self._text))
            self._text = None
        elif local == "row" and self._numbers:
            self._ready.append((self._row, self._numbers))

    def _note(self, text: str) -> None:
        if _is_odd(text, self._date1904):
            self._numbers[self._column] = text


def _is_odd(text: str, date1904: bool) -> bool:
    try:
        number = float(text)
    except ValueError:
        return False
    return number < 0 or (60 <= number < 61 and not date1904)


def _column(reference: str) -> int:
    """The column of a reference such as "AB12", counted from 0."""
    column = 0
    for letter in reference.upper():
        if letter not in LETTERS:
            break
        column = column * 26 + LETTERS.index(letter) + 1
    return column - 1
