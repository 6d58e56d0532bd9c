"""Rows by number, kept as ranges: a whole sheet of single ones takes four megabytes, and most take next to nothing."""

from array import array
from bisect import bisect_right

LAST_ROW = 1_048_576


class RowRanges:
    """Rows, added in any order and asked for once all are there. `is_complete` is False if some have no number."""

    def __init__(self) -> None:
        self._firsts, self._lasts = array("L"), array("L")
        self._is_sorted = True
        self.is_complete = True

    def add(self, first: int, count: int = 1) -> None:
        """Add so many rows from `first` on, counted from 1; those that no sheet has are left out."""
        last = min(first + count - 1, LAST_ROW)
        if first > last:
            return
        if self._firsts and self._firsts[-1] <= first <= self._lasts[-1] + 1:
            self._lasts[-1] = max(self._lasts[-1], last)
            return
        self._is_sorted = self._is_sorted and (not self._firsts or self._lasts[-1] < first)
        self._firsts.append(first)
        self._lasts.append(last)

    def __bool__(self) -> bool:
        return bool(self._firsts)

    def __contains__(self, row: int) -> bool:
        if not self._is_sorted:
            self._sort()
        place = bisect_right(self._firsts, row) - 1
        return place >= 0 and row <= self._lasts[place]

    def _sort(self) -> None:
        ranges = sorted(zip(self._firsts, self._lasts, strict=True))
        self._firsts, self._lasts, self._is_sorted = array("L"), array("L"), True
        for first, last in ranges:
            self.add(first, last - first + 1)
