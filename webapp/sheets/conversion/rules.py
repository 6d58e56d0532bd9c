"""What the values of a column have to keep to besides its type: limits and a pattern."""

from collections.abc import Callable, Sequence
from typing import Any

from .columns import Column
from .patterns import matcher
from .types import COLUMN_TYPES, ColumnType, Reader, Unfit, Value, convert_cell, quoted


class Rules:
    """The rules of one column. A batch that keeps to all of them is told apart at little cost."""

    def __init__(self, column: Column, reader: Reader) -> None:
        """Raises PatternUnusable, and Unfit or ValueError for a limit that is none."""
        type_ = COLUMN_TYPES[column.type]
        self._column, self._in_characters = column, type_.in_characters
        self._minimum = limit_of(type_, reader, column.minimum)
        self._maximum = limit_of(type_, reader, column.maximum)
        self._matches: Callable[[str], bool] | None = matcher(column.pattern) if column.pattern is not None else None

    def __bool__(self) -> bool:
        return not (self._minimum is None and self._maximum is None and self._matches is None)

    def kept_by(self, values: Sequence[Value]) -> bool:
        """Whether all of these values, blanks aside, keep to the rules."""
        present: list[Any] = [value for value in values if value is not None]
        if not present:
            return True
        sizes = list(map(len, present)) if self._in_characters else present
        is_within = (self._minimum is None or min(sizes) >= self._minimum) and (
            self._maximum is None or max(sizes) <= self._maximum
        )
        return is_within and (self._matches is None or all(map(self._matches, set(present))))

    def check(self, value: Any) -> None:
        """Raises Unfit with the rule that this value breaks, if it does."""
        if value is None:
            return
        if self._in_characters:
            self._check_length(value)
        else:
            self._check_size(value)
        if self._matches is not None and not self._matches(value):
            raise Unfit("pattern", f"{quoted(value)} does not match the pattern {self._column.pattern}")

    def _check_length(self, value: str) -> None:
        length = len(value)
        if self._minimum is not None and length < self._minimum:
            raise Unfit("too_short", f"{quoted(value)} has {_characters(length)}, at least {self._minimum} are needed")
        if self._maximum is not None and length > self._maximum:
            raise Unfit("too_long", f"{quoted(value)} has {_characters(length)}, at most {self._maximum} are allowed")

    def _check_size(self, value: Any) -> None:
        if self._minimum is not None and value < self._minimum:
            raise Unfit("too_small", f"{quoted(value)} is below the minimum of {self._column.minimum}")
        if self._maximum is not None and value > self._maximum:
            raise Unfit("too_large", f"{quoted(value)} is above the maximum of {self._column.maximum}")


def limit_of(type_: ColumnType, reader: Reader, text: str | None) -> Any:
    """The limit that is written in the type's own notation, None if there is none. Raises Unfit if it is no such."""
    if text is None or not type_.in_characters:
        return convert_cell(reader, text)
    if not (text.strip().isdecimal() and text.isascii() and len(text) < 10):
        raise Unfit("wrong_type", f"{quoted(text)} is not a number of characters")
    return int(text)


def _characters(count: int) -> str:
    return "1 character" if count == 1 else f"{count:,} characters"
