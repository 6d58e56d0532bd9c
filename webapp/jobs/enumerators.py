"""Enumerators: what a job goes through with `iterate`, item by item, from exactly behind a cursor on.

A cursor is a JSON value that stands behind an item; None stands before the first.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from . import clock

Item = TypeVar("Item")
Outer = TypeVar("Outer")
Inner = TypeVar("Inner")
EndsAt = Callable[[Any, int], bool]
Sized = TypeVar("Sized", bound="RowBatch")


class Portion(NamedTuple, Generic[Item]):
    """An item, the cursor behind it, and as how many it counts."""

    value: Item
    cursor: Any
    weight: int = 1


class Wait(NamedTuple):
    """So many seconds have to pass before the next item."""

    seconds: float


@dataclass(frozen=True)
class Enumerator(Generic[Item]):
    """What can go on behind a cursor. Make your own of a function or two.

    `after` gives the items behind a cursor, in an order that is always the same. `total` tells how many there are
    from the very beginning on, None if nobody can tell. `lists` gives the same as `after` in lists of up to a size,
    if there is a faster way than item by item.
    """

    after: Callable[[Any], Iterator[Portion[Item] | Wait]]
    total: Callable[[], int | None] = lambda: None
    lists: Callable[[Any, int], Iterator[Portion[list[Item]] | Wait]] | None = None

    def in_lists(self, cursor: Any, size: int, ends_at: EndsAt | None = None) -> Iterator[Portion[list[Item]] | Wait]:
        """Lists of up to `size` items; `ends_at(cursor, count so far)` may end one sooner."""
        if self.lists is not None and ends_at is None:
            return self.lists(cursor, size)
        return grouped(self.after(cursor), size, ends_at)


class RowBatch(Protocol):
    """Rows of a sheet: their numbers there, and the last of them."""

    @property
    def numbers(self) -> Sequence[int]:
        """The row numbers, ascending."""

    @property
    def last_row(self) -> int:
        """The last row number."""


def array(items: Sequence[Item]) -> Enumerator[Item]:
    """The items of a sequence that is the same in every attempt. The cursor: how many are behind."""

    def after(cursor: Any) -> Iterator[Portion[Item]]:
        for place in range(cursor or 0, len(items)):
            yield Portion(items[place], place + 1)

    def lists(cursor: Any, size: int) -> Iterator[Portion[list[Item]]]:
        for place in range(cursor or 0, len(items), size):
            found = list(items[place : place + size])
            yield Portion(found, place + len(found), len(found))

    return Enumerator(after, lambda: len(items), lists)


def batches(enumerator: Enumerator[Item], size: int) -> Enumerator[list[Item]]:
    """The same items in lists of up to `size`, still counted one by one. The cursor: that of a list's last item."""
    return Enumerator(lambda cursor: enumerator.in_lists(cursor, size), enumerator.total)


def workbook_rows(
    open_rows: Callable[[int], AbstractContextManager[Iterable[Sized]]], total: int | None = None
) -> Enumerator[Sized]:
    """Batches of a sheet's rows; `open_rows(after_row)` reads those below a row (0: all). The cursor: the last row."""

    def after(cursor: Any) -> Iterator[Portion[Sized]]:
        with open_rows(cursor or 0) as found:
            for batch in found:
                yield Portion(batch, batch.last_row, len(batch.numbers))

    return Enumerator(after, lambda: total)


def nested(
    outer: Enumerator[Outer], inner: Callable[[Outer], Enumerator[Inner]], total: int | None = None
) -> Enumerator[tuple[Outer, Inner]]:
    """For each item of `outer` all that `inner` makes of it, as pairs.

    The cursor: [outer's, inner's, where outer stood before]. With the last, the outer item in hand is found again;
    should it be gone meanwhile, the next one is begun at its beginning.
    """

    def after(cursor: Any) -> Iterator[Portion[tuple[Outer, Inner]] | Wait]:
        in_hand, inside, before = cursor or (None, None, None)
        for item in outer.after(before):
            if isinstance(item, Wait):
                yield item
                continue
            start = inside if cursor and item.cursor == in_hand else None
            for part in inner(item.value).after(start):
                if isinstance(part, Wait):
                    yield part
                else:
                    yield Portion((item.value, part.value), [item.cursor, part.cursor, before], part.weight)
            before = item.cursor

    return Enumerator(after, lambda: total)


def throttled(enumerator: Enumerator[Item], per_minute: float) -> Enumerator[Item]:
    """The same items, evenly, at most so many a minute, also over interruptions. The job can stop while it waits.

    The cursor: [the item's own, when it was handed out, as how many it counts].
    """

    def after(cursor: Any) -> Iterator[Portion[Item] | Wait]:
        own, handed_out_at, weight = cursor or (None, 0.0, 0)
        for portion in enumerator.after(own):
            if isinstance(portion, Wait):
                yield portion
                continue
            pause = weight * 60 / per_minute
            yield Wait(min(max(handed_out_at + pause - clock.now(), 0.0), pause))
            handed_out_at, weight = clock.now(), portion.weight
            yield Portion(portion.value, [portion.cursor, handed_out_at, weight], weight)

    return Enumerator(after, enumerator.total)


def grouped(
    portions: Iterable[Portion[Item] | Wait],
    size: int,
    ends_at: EndsAt | None = None,
) -> Iterator[Portion[list[Item]] | Wait]:
    """The portions in lists of up to `size`; `ends_at(cursor, count so far)` may end one sooner."""
    items: list[Item] = []
    count, behind = 0, None
    for portion in portions:
        if isinstance(portion, Wait):
            yield portion
            continue
        items.append(portion.value)
        count, behind = count + portion.weight, portion.cursor
        if len(items) == size or (ends_at is not None and ends_at(behind, count)):
            yield Portion(items, behind, count)
            items, count = [], 0
    if items:
        yield Portion(items, behind, count)
