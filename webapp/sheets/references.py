"""References to cells as workbooks write them."""

import re

from .facts import Span

CELL = re.compile(r"\$?([A-Za-z]{1,3})\$?(\d{1,7})")


def place_of(reference: str) -> tuple[int, int] | None:
    """Row (from 1) and column (from 0) of a reference such as "AB12"; None if it is none."""
    match = CELL.fullmatch(reference)
    return (int(match[2]), column_of(match[1])) if match else None


def column_of(letters: str) -> int:
    """The column of its letters, counted from 0."""
    column = 0
    for letter in letters.upper():
        column = column * 26 + ord(letter) - ord("A") + 1
    return column - 1


def span_of(reference: str) -> Span | None:
    """The range of a reference such as "A1:C3"; None if it is none."""
    first, _, last = reference.partition(":")
    start, end = place_of(first), place_of(last or first)
    return (*start, *end) if start and end else None
