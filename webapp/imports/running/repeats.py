"""Which texts came in which row, for a million rows in few bytes: how keys that come twice are found."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

MARKS = 1 << 24
"""Bytes of marks: of a million texts, six in a hundred find their mark set by another, and are looked for."""
RECENT = 1 << 16
"""Texts after which what is known of them is packed: a sorted array is a tenth as large as a dictionary."""


class Rows:
    """The first row of every text, by 64 bits of its hash: 12 bytes a text and 16 MB at most besides."""

    def __init__(self) -> None:
        self._marks = bytearray(MARKS)
        self._recent: dict[int, int] = {}
        self._packed: list[tuple[array[int], array[int]]] = []

    def note(self, rows: Sequence[tuple[str, int]]) -> dict[int, int]:
        """Notes the text and the number of each row. Answers, for each whose text came before, in which row it did."""
        marks, before = self._marks, {}
        for key, number in rows:
            text = hash(key)
            place = text & (MARKS - 1)
            if marks[place] and (row := self._row_of(text)) is not None:
                before[number] = row
                continue
            marks[place] = 1
            self._recent[text] = number
        if len(self._recent) >= RECENT:
            self._pack()
        return before

    def row_of(self, text: str) -> int | None:
        """The first row of this text; None if it did not come yet."""
        number = hash(text)
        return self._row_of(number) if self._marks[number & (MARKS - 1)] else None

    def _row_of(self, text: int) -> int | None:
        if text in self._recent:
            return self._recent[text]
        for texts, rows in self._packed:
            place = bisect_left(texts, text)
            if place < len(texts) and texts[place] == text:
                return rows[place]
        return None

    def _pack(self) -> None:
        texts = array("q", sorted(self._recent))
        self._packed.append((texts, array("I", map(self._recent.__getitem__, texts))))
        self._recent = {}
