"""Which texts came in which row, for a million rows in few bytes: how keys that come twice are found."""

from array import array
from bisect import bisect_left
from collections.abc import Sequence

RECENT = 1 << 16
"""Texts after which what is known of them is packed: a sorted array is a tenth as large as a dictionary."""
MARKS_A_TEXT = 16
"""Bytes of marks for each packed text: six in a hundred texts find their mark set by another, and are looked for."""


class Rows:
    """The first row of every text, by 64 bits of its hash: some 36 bytes each, next to none while there are few."""

    def __init__(self) -> None:
        self._recent: dict[int, int] = {}
        self._packed: list[tuple[array[int], array[int]]] = []
        self._marks = bytearray(1)
        """Whether a packed text may be the one, by the last bits of its hash; always a power of two of them."""

    def note(self, rows: Sequence[tuple[str, int]]) -> dict[int, int]:
        """Notes the text and the number of each row. Answers, for each whose text came before, in which row it did."""
        before = {}
        for key, number in rows:
            text = hash(key)
            row = self._row_of(text)
            if row is None:
                self._recent[text] = number
            else:
                before[number] = row
        if len(self._recent) >= RECENT:
            self._pack()
        return before

    def row_of(self, text: str) -> int | None:
        """The first row of this text; None if it did not come yet."""
        return self._row_of(hash(text))

    def _row_of(self, text: int) -> int | None:
        row = self._recent.get(text)
        if row is None and self._marks[text & (len(self._marks) - 1)]:
            return self._packed_row_of(text)
        return row

    def _packed_row_of(self, text: int) -> int | None:
        for texts, rows in self._packed:
            place = bisect_left(texts, text)
            if place < len(texts) and texts[place] == text:
                return rows[place]
        return None

    def _pack(self) -> None:
        texts = array("q", sorted(self._recent))
        self._packed.append((texts, array("I", map(self._recent.__getitem__, texts))))
        self._recent = {}
        wanted = sum(len(texts) for texts, _ in self._packed) * MARKS_A_TEXT
        if wanted > len(self._marks):
            self._marks = bytearray(1 << (wanted - 1).bit_length())
            for packed, _ in self._packed:
                self._mark(packed)
        else:
            self._mark(texts)

    def _mark(self, texts: Sequence[int]) -> None:
        marks, last = self._marks, len(self._marks) - 1
        for text in texts:
            marks[text & last] = 1
