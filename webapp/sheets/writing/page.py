"""How a sheet is laid out: rows as high as their texts, columns side by side on one page where they can be read so.

ECMA-376 part 1, 18.3.1.63, 18.3.1.46 and 18.3.1.65. The header is repeated on each page by a name of the workbook.
"""

from collections.abc import Sequence

LINE, TALLEST = 15, 405
"""The height of a line and of the tallest row, in points: Excel takes no row above 409."""
FITTING = 250
"""Characters beside each other that can still be read on a page of A4 or Letter, laid across."""
FIT = '<sheetPr><pageSetUpPr fitToPage="1"/></sheetPr>'
PAGE = (
    '<pageMargins left="0.5" right="0.5" top="0.6" bottom="0.7" header="0.3" footer="0.3"/>'
    '<pageSetup orientation="landscape" fitToHeight="0"/>'
    "<headerFooter><oddFooter>&amp;L&amp;A&amp;RPage &amp;P of &amp;N</oddFooter></headerFooter>"
)
"""What stands below a sheet's filter: the page is laid across, and has the sheet's name and its number below."""


def fit(widths: Sequence[int]) -> str:
    """What stands first in a sheet whose columns have these widths, in characters."""
    return FIT if sum(widths) <= FITTING else ""


def lines_of(text: str, width: int) -> int:
    """How many lines a text takes in a column of so many characters, where it is wrapped."""
    return sum(1 + len(line) // width for line in text.split("\n"))


def height_of(lines: int) -> str:
    """The height of a row with so many lines, as an attribute: not every program finds it by itself."""
    return f' ht="{min(TALLEST, lines * LINE)}" customHeight="1"' if lines > 1 else ""
