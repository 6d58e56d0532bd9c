"""Reading the rows of a sheet, batch by batch, from a process of its own."""

import os
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

import msgspec

from .cells import Cell
from .facts import SheetFacts
from .headers import Header
from .limits import Limits
from .reader import wire
from .reader.process import ReadingProcess
from .reader.request import Opening, Request
from .reader.spools import Spool
from .refusals import ReadingFailed
from .visible import Hidden

Frames = Iterator[tuple[bytes, bytes]]
FRAME_ROWS = 100
"""Rows in one frame: enough to be fast, few enough that long texts do not pile up in the reading process."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of a sheet by column: `columns[c][i]` is the cell of the row numbered `numbers[i]` in the sheet."""

    numbers: list[int]
    columns: list[list[Cell]]

    def __len__(self) -> int:
        return len(self.numbers)

    @property
    def last_row(self) -> int:
        """Number of the last row: what to give as `after_row` in order to go on behind this batch."""
        return self.numbers[-1]

    @property
    def rows(self) -> list[tuple[int, tuple[Cell, ...]]]:
        """The same by row: its number and its cells."""
        return list(zip(self.numbers, zip(*self.columns, strict=True), strict=True))


class RowStream:
    """The batches of a sheet, once, in order. `rows_counted` is the number of filled rows below the header."""

    def __init__(self, frames: Frames, sheet: str, header_row: int, batch_size: int, pid: int | None) -> None:
        """`frames` are those of a reading process, whose id is `pid`, or of a spool."""
        self._frames = frames
        self._batch_size = batch_size
        kind, body = next(self._frames, (b"", b""))
        if kind != wire.HEADER:
            raise ReadingFailed
        opening = msgspec.msgpack.decode(body, type=Opening)
        cells = [wire.unwrapped(cell) for cell in opening.header]
        self.header = Header.of(sheet, header_row, cells, opening.columns)
        self.rows_counted = max(0, opening.rows_counted - 1)
        self.pid = pid

    def __iter__(self) -> Iterator[Batch]:
        """Batches of about `batch_size` rows. Raises a WorkbookRefused as soon as the sheet turns out to be broken."""
        blocks: list[tuple[list[int], list[list[Cell]]]] = []
        waiting = 0
        for _, body in self._frames:
            blocks.append(_unpacked(body))
            waiting += len(blocks[-1][0])
            if waiting >= self._batch_size:
                yield _joined(blocks)
                blocks, waiting = [], 0
        if blocks:
            yield _joined(blocks)


@contextmanager
def read_rows(
    path: str | os.PathLike[str],
    sheet: str,
    header_row: int,
    after_row: int = 0,
    limits: Limits | None = None,
    batch_size: int = 500,
    waiting: Callable[[], None] = lambda: None,
    spool: Spool | None = None,
    keep: bool = False,
    hidden: Hidden = "include",
    known: SheetFacts | None = None,
) -> Iterator[RowStream]:
    """Open a sheet for reading in a limited process that ends with the block, also if it is left early.

    Rows are numbered from 1 as in Excel. Blank rows are skipped; cells to the right of the header's last name are left
    out, and with `hidden` "skip" so are hidden rows, those hidden by a filter among them, and hidden columns. Reading
    starts below `header_row`, or below `after_row` where that is further down. While the process is silent, `waiting`
    is called now and then; what it raises ends the reading. Raises a WorkbookRefused.

    Facts of the sheet that are `known` from a report on this very file, which the caller answers for, spare it another
    check and count.

    Rows that are kept in the `spool` come from there. With `keep` they are kept there if all of them are read.
    """
    if spool is not None and spool.is_there():
        with closing(spool.frames(after_row)) as frames:
            yield RowStream(frames, sheet, header_row, batch_size, None)
        return
    limits = limits or Limits()
    request = Request(
        os.getpid(), str(Path(path).resolve()), "read", limits, sheet, header_row, after_row, hidden,
        known=known if known and _are_enough(known, hidden) else None, most_rows=min(batch_size, FRAME_ROWS),
    )  # fmt: skip
    with ReadingProcess(request, limits.silence_seconds, waiting) as process:
        kept = spool if keep and after_row <= header_row else None
        with closing(_frames(process, kept, limits)) as frames:
            yield RowStream(frames, sheet, header_row, batch_size, process.pid)


def _are_enough(known: SheetFacts, hidden: Hidden) -> bool:
    """Whether the facts are enough to read the sheet by: they count hidden rows, and do not say which they are."""
    return hidden == "include" or not known.hidden_rows


def _frames(process: ReadingProcess, spool: Spool | None, limits: Limits) -> Generator[tuple[bytes, bytes]]:
    """The frames of a process, kept in a spool if one is given."""
    return process.frames() if spool is None else spool.keeping(process.frames(), limits.inflated_bytes)


def _unpacked(body: bytes) -> tuple[list[int], list[list[Cell]]]:
    try:
        return wire.unpack_columns(body)
    except (msgspec.MsgspecError, KeyError, ValueError):
        raise ReadingFailed from None


def _joined(blocks: list[tuple[list[int], list[list[Cell]]]]) -> Batch:
    if len(blocks) == 1:
        return Batch(*blocks[0])
    numbers = list(chain.from_iterable(numbers for numbers, _ in blocks))
    columns = [list(chain.from_iterable(parts)) for parts in zip(*(columns for _, columns in blocks), strict=True)]
    return Batch(numbers, columns)
