"""Yes or no: Excel's TRUE and FALSE, and words for them."""

from collections.abc import Sequence
from typing import Any

from ...cells import Cell, as_text
from ..columns import Column
from ..words import folded
from .reading import NOTHING, TEXTS, Reader, from_texts, wrong

YES = frozenset(("true", "yes", "y", "1", "ja", "j", "wahr", "oui", "vrai", "sí", "si", "sì", "verdadero", "vero"))
NO = frozenset(("false", "no", "n", "0", "nein", "falsch", "non", "faux", "falso"))


def boolean_reader(column: Column) -> Reader:
    """TRUE and FALSE, and the column's own words or else 1, 0 and the words of a few languages."""
    meaning = {"true": True, "false": False}
    meaning |= dict.fromkeys(map(folded, column.yes or YES - set(map(folded, column.no))), True)
    meaning |= dict.fromkeys(map(folded, column.no or NO - set(map(folded, column.yes))), False)
    expected = f"{column.yes[0] if column.yes else 'yes'} or {column.no[0] if column.no else 'no'}"

    def one(cell: Cell) -> bool:
        if isinstance(cell, bool):
            return cell
        value = meaning.get(folded(as_text(cell)))
        if value is None:
            raise wrong(cell, expected)
        return value

    def fast(kinds: set[type], cells: Sequence[Any]) -> list[Any] | None:
        if kinds <= {bool, NOTHING}:
            return list(cells)
        return from_texts(one, cells) if kinds <= TEXTS else None

    return Reader(fast, one)
