"""Batches of cells made into values by the types of a template's columns, and the reasons where that fails."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from .cells import Cell, address, as_text, column_letter
from .columns import Column
from .headers import Header, Mapping, match_headers, require_columns
from .rows import Batch
from .types import COLUMN_TYPES, ColumnType, Unfit, Value, convert_cell

LONGEST_VALUE_TEXT = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One cell that was not accepted: where it is, what it holds, and why. `row` is the number in the sheet."""

    sheet: str
    row: int
    column_letter: str
    header: str
    value_text: str
    code: str
    reason: str

    @property
    def address(self) -> str:
        """The cell's place as Excel writes it: Sheet1!D17."""
        return address(self.sheet, self.column_letter, self.row)


@dataclass(frozen=True, slots=True)
class Converted:
    """`rows` are the good ones: number in the sheet, values in the order of the template's columns.

    A row with a problem is not among them.
    """

    rows: list[tuple[int, tuple[Value, ...]]]
    problems: list[Problem]


@dataclass(frozen=True, slots=True)
class _Target:
    """A column of the template with its type and its place in the sheet."""

    column: Column
    type: ColumnType
    position: int | None


class Converter:
    """Converts the batches of one sheet by one template; made once, used for every batch."""

    def __init__(self, columns: Sequence[Column], header: Header) -> None:
        """Raises ColumnsMissing, ColumnsRepeated, and KeyError for a type that is not in `COLUMN_TYPES`."""
        self.mapping: Mapping = match_headers(columns, header)
        require_columns(columns, header, self.mapping)
        self._sheet = header.sheet
        self._targets = [
            _Target(column, COLUMN_TYPES[column.type], position)
            for column, position in zip(columns, self.mapping.positions, strict=True)
        ]

    def convert(self, batch: Batch) -> Converted:
        """The values of the batch's good rows and the problems of the others, in the order of rows."""
        problems: dict[int, list[Problem]] = {}
        columns = [self._values(target, batch, problems) for target in self._targets]
        rows = list(zip(batch.numbers, zip(*columns, strict=True), strict=True))
        if problems:
            rows = list(compress(rows, (number not in problems for number in batch.numbers)))
        return Converted(rows, [problem for number in sorted(problems) for problem in problems[number]])

    def _values(self, target: _Target, batch: Batch, problems: dict[int, list[Problem]]) -> Sequence[Value]:
        if target.position is None:
            return [None] * len(batch)
        cells = batch.columns[target.position]
        values = target.type.fast(set(map(type, cells)), cells)
        if values is None or (target.column.required and None in values):
            places = zip(batch.numbers, cells, strict=True)
            return [self._value(target, number, cell, problems) for number, cell in places]
        return values

    def _value(self, target: _Target, number: int, cell: Cell, problems: dict[int, list[Problem]]) -> Value:
        try:
            value = convert_cell(target.type, cell)
            if value is None and target.column.required:
                raise Unfit("required", "is required")
            return value
        except Unfit as unfit:
            problems.setdefault(number, []).append(self._problem(target, number, cell, unfit))
            return None

    def _problem(self, target: _Target, number: int, cell: Cell, unfit: Unfit) -> Problem:
        return Problem(
            sheet=self._sheet,
            row=number,
            column_letter=column_letter(target.position or 0),
            header=target.column.header,
            value_text=as_text(cell)[:LONGEST_VALUE_TEXT],
            code=unfit.code,
            reason=unfit.reason,
        )
