"""Batches of rows of a workbook, as they were read and as they were examined."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import msgspec

from webapp.datasets.changes import NewRow
from webapp.sheets import Batch, Problem
from webapp.sheets.reader.wire import wrapped


@dataclass
class Examined:
    """A batch of rows of a workbook, examined: each is among `rows`, has a problem, or is passed over."""

    batch: Batch
    rows: list[NewRow]
    problems: list[Problem] = field(default_factory=list)
    repeats: dict[int, int] = field(default_factory=dict)
    """For each row whose key came before in the workbook: in which row."""
    passed_over: int = 0
    """Rows that count for nothing because the first row of their key does."""

    def __len__(self) -> int:
        return len(self.batch)

    @property
    def last_row(self) -> int:
        """Number of the last row: the cursor behind this batch."""
        return self.batch.last_row

    @property
    def rejected(self) -> list[int]:
        """Numbers of the rows with a problem, in order."""
        return sorted({problem.row for problem in self.problems})

    def halves(self) -> Iterator["Examined"]:
        """A batch of more than one row as two."""
        return map(self._part, halves(self.batch))

    def first(self) -> "Examined":
        """The first row as a batch of its own."""
        return self._part(slice_of(self.batch, 0, 1))

    def _part(self, batch: Batch) -> "Examined":
        numbers = set(batch.numbers)
        rows = [row for row in self.rows if row.number in numbers]
        problems = [problem for problem in self.problems if problem.row in numbers]
        repeats = {number: row for number, row in self.repeats.items() if number in numbers}
        passed_over = len(batch) - len(rows) - len({problem.row for problem in problems})
        return Examined(batch, rows, problems, repeats, passed_over)

    def as_they_came(self) -> list[tuple[int, str]]:
        """The rejected rows: number, and a JSON list of the cells in the sheet's order, as `sheets.wire` wraps them."""
        wanted, columns = set(self.rejected), self.batch.columns
        places = [(place, number) for place, number in enumerate(self.batch.numbers) if number in wanted]
        return [
            (number, msgspec.json.encode([wrapped(column[place]) for column in columns]).decode())
            for place, number in places
        ]

    @classmethod
    def joined(cls, batch: Batch, parts: Sequence["Examined"]) -> "Examined":
        """A batch of the parts that it was examined in."""
        rows = [row for part in parts for row in part.rows]
        return cls(batch, rows, [problem for part in parts for problem in part.problems])


def parted(batch: Batch, after: int) -> tuple[Batch | None, Batch | None]:
    """The rows of a batch up to the one numbered `after`, and those behind it."""
    if batch.numbers[0] > after:
        return None, batch
    if batch.last_row <= after:
        return batch, None
    place = next(place for place, number in enumerate(batch.numbers) if number > after)
    return slice_of(batch, 0, place), slice_of(batch, place, len(batch))


def halves(batch: Batch) -> tuple[Batch, Batch]:
    """A batch of more than one row as two."""
    middle = len(batch) // 2
    return slice_of(batch, 0, middle), slice_of(batch, middle, len(batch))


def slice_of(batch: Batch, start: int, end: int) -> Batch:
    """The rows from place `start` to before place `end`."""
    return Batch(batch.numbers[start:end], [column[start:end] for column in batch.columns])
