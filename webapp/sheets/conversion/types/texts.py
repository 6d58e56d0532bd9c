"""Types whose values are texts: as they are, mail addresses, choices."""

from collections.abc import Sequence
from typing import Any

from ...cells import Cell, as_text
from ..columns import Column
from ..mail_addresses import problem_of
from ..words import folded
from .reading import TEXTS, Reader, Unfit, from_texts, quoted

CHOICES_NAMED = 8


def text_reader(_column: Column) -> Reader:
    """Any cell, as a person would read it, without the spaces around it."""
    return Reader(_fast_text, _text)


def _fast_text(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
    if not kinds <= TEXTS:
        return None
    # A text of spaces alone is blank.
    values = [cell.strip() or None if cell else None for cell in cells]
    return None if any("\0" in value for value in values if value) else values


def _text(cell: Cell) -> str:
    text = as_text(cell).strip()
    if "\0" in text:
        raise Unfit("unprintable", "holds a character that cannot be shown; delete it and type the text again")
    return text


def email_reader(_column: Column) -> Reader:
    """Mail addresses as they are written; the rule is that of campaigns, which send to them."""

    def fast(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
        return from_texts(_email, cells) if kinds <= TEXTS else None

    return Reader(fast, _email)


def _email(cell: Cell) -> str:
    address = _text(cell)
    if problem_of(address):
        raise Unfit("email", f"{quoted(cell)} is not an e-mail address; write it as name@example.org")
    return address


def choice_reader(column: Column) -> Reader:
    """One of the column's choices, whatever its case and spaces, as the template writes it."""
    known = {folded(choice): choice for choice in column.choices}
    named = ", ".join(column.choices[:CHOICES_NAMED]) + (", …" if len(column.choices) > CHOICES_NAMED else "")

    def one(cell: Cell) -> str:
        choice = known.get(folded(as_text(cell)))
        if choice is None:
            raise Unfit("choice", f"{quoted(cell)} is not among: {named}")
        return choice

    def fast(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
        return from_texts(one, cells) if kinds <= TEXTS else None

    return Reader(fast, one)
