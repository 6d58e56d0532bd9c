"""A place that work goes on from: the whole of a job, or a step of it, by batches or by iteration."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar, overload

from sqlalchemy.orm import Session

from .checkpoints import Checkpoint
from .enumerators import Enumerator, Portion, Wait
from .errors import IteratedTwice, SavedTwice
from .standing import Standing

Item = TypeVar("Item")
HERE: Any = object()
"""The cursor that a batch has if none is given: that of the iteration."""


@dataclass
class Round:
    """One turn of an iteration: what a batch in it saves, and whether one has."""

    checkpoint: Checkpoint
    processed: int
    total: int | None
    is_saved: bool = False


class Place(ABC):
    """Where work stands, and how it goes on: in batches, each a transaction that takes the cursor along."""

    def __init__(self, standing: Standing):
        self._standing = standing
        self._round: Round | None = None
        self._has_iterated = False

    @property
    @abstractmethod
    def cursor(self) -> Any:
        """The cursor of the last checkpoint here, None at the start."""

    @abstractmethod
    def _checkpoint_at(self, cursor: Any) -> Checkpoint:
        """The checkpoint of the job when this place is at `cursor`."""

    @abstractmethod
    def _checkpoint_without_cursor(self) -> Checkpoint:
        """The checkpoint that a batch makes that has no cursor and is in no iteration."""

    @contextmanager
    def batch(
        self, cursor: Any = HERE, *, processed: int | None = None, total: int | None = None, message: str | None = None
    ) -> Iterator[Session]:
        """A transaction for the effects of one batch. At its end they and the cursor commit together, or, when
        another attempt has taken the job, not at all (FencedOut).

        Inside `iterate` cursor and counts are those of the iteration; elsewhere give them: `processed` and `total`
        are counts since the beginning of the job. After the commit is a safe point, where a job stops when asked:
        Cancelled, Paused or Interrupted is raised there.
        """
        turn = self._round
        if turn is None:
            checkpoint = self._checkpoint_without_cursor() if cursor is HERE else self._checkpoint_at(cursor)
        elif turn.is_saved or cursor is not HERE:
            raise SavedTwice
        else:
            checkpoint, processed, total = turn.checkpoint, turn.processed, total or turn.total
        with self._standing.saving(checkpoint, processed=processed, total=total, message=message) as session:
            yield session
        if turn is not None:
            turn.is_saved = True

    @overload
    def iterate(self, enumerator: Enumerator[Item], size: None = None) -> Iterator[Item]:
        """One by one."""

    @overload
    def iterate(self, enumerator: Enumerator[Item], size: int) -> Iterator[list[Item]]:
        """In lists."""

    def iterate(self, enumerator: Enumerator[Any], size: int | None = None) -> Iterator[Any]:
        """The items behind the cursor, or lists of up to `size` of them; once in an attempt.

        `batch()` in the loop's body saves what was done with the items and the cursor behind them in one
        transaction: so their effects happen once. If the body opens none, the cursor is saved when the loop goes
        on: then the effects happen at least once.
        """
        if self._has_iterated:
            raise IteratedTwice
        self._has_iterated = True
        total = self._total_with(enumerator)
        for portion in self._portions(enumerator, size):
            if isinstance(portion, Wait):
                self._standing.wait(portion.seconds)
                continue
            yield from self._turn(portion, total)

    def _turn(self, portion: Portion[Item], total: int | None) -> Iterator[Item]:
        processed = self._standing.processed + portion.weight
        turn = self._round = Round(self._checkpoint_at(portion.cursor), processed, total)
        try:
            yield portion.value
            if not turn.is_saved:
                with self.batch():
                    pass
        finally:
            self._round = None

    def _portions(self, enumerator: Enumerator[Any], size: int | None) -> Iterator[Portion[Any] | Wait]:
        return enumerator.after(self.cursor) if size is None else self._lists(enumerator, size)

    def _lists(self, enumerator: Enumerator[Any], size: int) -> Iterator[Portion[Any] | Wait]:
        """Lists of items; begun anew behind the last one when a trigger is set meanwhile, which may cut them short."""
        is_over = False
        while not is_over:
            has_trigger = self._standing.has_trigger
            for portion in enumerator.in_lists(self.cursor, size, self._ends_at if has_trigger else None):
                yield portion
                if self._standing.has_trigger is not has_trigger:
                    break
            else:
                is_over = True

    def _ends_at(self, cursor: Any, count: int) -> bool:
        return self._standing.ends_at(self._checkpoint_at(cursor), self._standing.processed + count)

    def _total_with(self, enumerator: Enumerator[Any]) -> int | None:
        """The total of the job. It was told by the first attempt; a step adds what it has, unless that is in it."""
        known = self._standing.total
        if self.cursor is not None:
            return known
        more = enumerator.total()
        return known if more is None else max(known or 0, self._standing.processed + more)
