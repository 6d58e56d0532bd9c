"""What stands between the cells of a text file."""

import csv
from collections import Counter
from collections.abc import Sequence

DELIMITERS = (",", ";", "\t", "|")
NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
HINT = "sep="
"""A first line that names the delimiter, as Excel reads and some programs write it."""


def hinted(first_line: str) -> str | None:
    """The delimiter that a first line such as "sep=;" names; None if it is no such line."""
    line = first_line.rstrip("\r\n").strip('"')
    return line[len(HINT)] if line.lower().startswith(HINT) and len(line) == len(HINT) + 1 else None


def delimiter_of(sample: Sequence[str]) -> str:
    """The delimiter that cuts the most of these lines into the same number of cells, more than one; else a comma."""
    return max(DELIMITERS, key=lambda delimiter: _fitness(sample, delimiter))


def _fitness(sample: Sequence[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(sample, delimiter=delimiter) if row]
    except csv.Error:
        return 0, 0
    if not widths:
        return 0, 0
    width, count = Counter(widths).most_common(1)[0]
    cut = sum(found > 1 for found in widths)
    return (count / len(widths) if width > 1 else cut / len(widths) / 2), width
