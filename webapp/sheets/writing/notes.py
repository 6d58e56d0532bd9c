"""What a writer had to alter: told by column and kind, with the first place and how often."""

from collections.abc import Sequence
from dataclasses import dataclass

LONG_TEXT = "Cut after 32,767 characters: a cell holds no more."
UNREADABLE = "What is no character (U+FFFE, half an emoji) was replaced by �."
LONG_NUMBER = "Written as text: Excel keeps 15 digits of a number."
FAR_NUMBER = "Written as text: the number is too large or too small for Excel."
NO_NUMBER = "Left blank: it is no number (NaN or infinity)."
OLD_DATE = "Written as text: Excel has no reliable dates before March 1900."
TIME_ZONE = "Written in UTC: a cell has no time zone."
TIME_WITH_ZONE = "Written as text: a cell has no time zone."
MICROSECONDS = "Rounded to the millisecond: Excel keeps no more."
SECONDS = "Rounded to the second."
NEGATIVE_DURATION = "Written as text: Excel shows no negative times."
FORMULA_IN_CSV = "Written with ' before it: a spreadsheet would take it for a formula."


@dataclass(frozen=True, slots=True)
class Note:
    """One kind of alteration in one column: `place` is the first cell, `count` how many cells there are."""

    place: str
    column: str
    what: str
    count: int


class Alterations:
    """Counts alterations; however many there are, it keeps one line for each kind in each column."""

    def __init__(self, headers: Sequence[str]) -> None:
        self._headers = headers
        self._first: dict[tuple[int, str], str] = {}
        self._count: dict[tuple[int, str], int] = {}

    def add(self, column: int, what: str, place: str) -> None:
        """Notes an alteration in the column at that position, from 0; `place` names the cell."""
        kind = column, what
        self._first.setdefault(kind, place)
        self._count[kind] = self._count.get(kind, 0) + 1

    @property
    def notes(self) -> tuple[Note, ...]:
        """The lines, by column."""
        kinds = sorted(self._first)
        return tuple(Note(self._first[kind], self._headers[kind[0]], kind[1], self._count[kind]) for kind in kinds)
