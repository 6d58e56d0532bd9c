"""Rows that seem to be something else than where they stand: an entry as header, totals and a note among entries."""

import re
from collections.abc import Sequence
from typing import Any

from ..cells import as_text
from ..conversion.words import folded
from ..facts import Found, Tally

WORDS = (
    "grand total|sub ?totals?|totals?|sum|(?:zwischen|gesamt|end)summe|summe|gesamt|insgesamt|total général|"
    "sous-total|totaux|somme|totale|totaal|subtotaal|suma|razem|celkem|итого|всего|合计|总计|小计|合計|小計|총계|합계"
)
TOTAL = re.compile(rf"(?:{WORDS})\b.{{0,40}}|.{{1,60}}[ :-](?:total|summe|gesamt|totaal)")
NARROW = 3
"""Columns from which on a row with one filled cell is unlike its neighbours."""

YEARS = range(1900, 2101)

Rows = Sequence[tuple[int, Sequence[Any]]]


def odd_rows(header: tuple[int, Sequence[Any]], below: Rows, is_whole: bool) -> tuple[tuple[str, Found], ...]:
    """What was found, by the codes of findings. `header` is the row of the names; `is_whole` says that `below` is all
    that is below it.
    """
    row, names = header
    return (
        ("header_of_figures", Found(int(_holds_figures(names)), str(row))),
        ("totals", totals_in(below)),
        ("note_below", note_below(below) if is_whole else Found()),
    )


def _holds_figures(names: Sequence[Any]) -> bool:
    """Whether one of the names is a number; that of a year may well be a name."""
    return any(type(name) in (int, float) and name not in YEARS for name in names)


def totals_in(rows: Rows) -> Found:
    """The rows whose first text says that the row sums up others; some of its cells are blank."""
    found = Tally()
    widest = max((_filled(cells) for _, cells in rows), default=0)
    for number, cells in rows:
        first = next((cell for cell in cells if cell is not None), None)
        if isinstance(first, str) and _filled(cells) < widest and TOTAL.fullmatch(_plain(first)):
            found.add(str(number))
    return found.found


def note_below(rows: Rows) -> Found:
    """The last row, where it holds one text alone and each row above it is a wider one."""
    if len(rows) < NARROW or _filled(rows[-1][1]) != 1 or any(_filled(cells) < NARROW for _, cells in rows[:-1]):
        return Found()
    number, cells = rows[-1]
    text = next(cell for cell in cells if cell is not None)
    return Found(1, str(number)) if isinstance(text, str) and not TOTAL.fullmatch(_plain(text)) else Found()


def _filled(cells: Sequence[Any]) -> int:
    return sum(as_text(cell).strip() != "" for cell in cells)


def _plain(text: str) -> str:
    return " ".join(folded(text).split()).rstrip(" :=")
