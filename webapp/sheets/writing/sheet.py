"""One sheet of a workbook as a stream of XML: header frozen and filtered, widths from a sample, then the rows.

ECMA-376 part 1, 18.3.1.
"""

from collections.abc import Callable, Sequence
from itertools import chain
from typing import IO

from ..cells import as_text, column_letter
from .cells import cells_of
from .page import PAGE, fit
from .parts import DECLARATION
from .styles import MAIN, NUMBERS, Style
from .texts import header_cell
from .values import OutputColumn, OutputValue

Notice = Callable[[int, int, str], None]
"""Called with the column, from 0, the number of the row in the sheet, and what was altered."""

NARROWEST, WIDEST, SAMPLED = 9, 60, 200
"""Widths of columns, in characters; the rows of which the widest decides."""
FILTER_ARROW = 3
FROZEN = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
MOMENTS = {"date": 12, "datetime": 20, "time": 10, "duration": 12}
"""The widths of columns whose values are shown otherwise than they are written here."""


class Sheet:
    """A sheet that is being written; `rows` counts the header, `size` is in bytes of XML."""

    def __init__(
        self, part: IO[bytes], columns: Sequence[OutputColumn], sample: Sequence[Sequence[OutputValue]]
    ) -> None:
        """Writes what stands above the first row, and the header."""
        self._part, self._columns = part, columns
        self._styles = [NUMBERS.get(column.type, Style.GENERAL) for column in columns]
        letters = [column_letter(position) for position in range(len(columns))]
        self._last = letters[-1]
        self._row = "".join(['<row r="%d">', *(f'<c r="{letter}%d%s' for letter in letters), "</row>"])
        self.rows, self.size = 0, 0
        self._put(_beginning(columns, sample))
        self._put(self._rows_of([[header_cell(column.header)] for column in columns], 1))

    def write(self, columns: Sequence[Sequence[OutputValue]], notice: Notice) -> None:
        """Writes rows, given by column; whoever calls sees to it that the sheet has room for them."""
        first = self.rows + 1
        cells = [
            cells_of(values, style, lambda at, what, position=position: notice(position, first + at, what))  # type: ignore[misc]
            for position, (values, style) in enumerate(zip(columns, self._styles, strict=True))
        ]
        self._put(self._rows_of(cells, len(cells[0])))

    def close(self) -> None:
        """Writes what stands below the last row."""
        letter, row = self.table
        table = f"A1:{letter}{row}"
        self._put(
            f'</sheetData><autoFilter ref="{table}"/>{PAGE}'
            f'<ignoredErrors><ignoredError sqref="{table}" numberStoredAsText="1"/></ignoredErrors></worksheet>'
        )
        self._part.close()

    @property
    def table(self) -> tuple[str, int]:
        """The last column, in letters, and the last row so far."""
        return self._last, self.rows

    def abandon(self) -> None:
        """Lets go of the part as it is."""
        self._part.close()

    def _rows_of(self, cells: Sequence[Sequence[str]], count: int) -> str:
        """The XML of so many rows, whose cells are given by column: each place is the number of the row."""
        numbers = range(self.rows + 1, self.rows + count + 1)
        self.rows += count
        places = chain.from_iterable((numbers, column) for column in cells)
        return "".join(map(self._row.__mod__, zip(numbers, *places, strict=True)))

    def _put(self, text: str) -> None:
        self.size += self._part.write(text.encode())


def _beginning(columns: Sequence[OutputColumn], sample: Sequence[Sequence[OutputValue]]) -> str:
    widths = [_width(column, values) for column, values in zip(columns, sample, strict=True)]
    wide = "".join(
        f'<col min="{place}" max="{place}" width="{width}" customWidth="1"/>' for place, width in enumerate(widths, 1)
    )
    # Nothing stands to the right of the last column: its texts go on as far as they are long, also on paper.
    last = max(widths[-1], _longest(sample[-1]))
    return (
        f'{DECLARATION}<worksheet xmlns="{MAIN}">{fit([*widths[:-1], last])}'
        f'<sheetViews><sheetView workbookViewId="0">{FROZEN}</sheetView></sheetViews>'
        f'<sheetFormatPr defaultRowHeight="15"/><cols>{wide}</cols><sheetData>'
    )


def _width(column: OutputColumn, values: Sequence[OutputValue]) -> int:
    widest = MOMENTS.get(column.type) or _longest(values)
    return min(WIDEST, max(NARROWEST, widest + 1, len(column.header) + FILTER_ARROW))


def _longest(values: Sequence[OutputValue]) -> int:
    return max((len(_said(value)) for value in values[:SAMPLED]), default=0)


def _said(value: OutputValue) -> str:
    return value if isinstance(value, str) else as_text(value)  # type: ignore[arg-type]
