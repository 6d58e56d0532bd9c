"""Batches of cells made into values by the types of a template's columns, and the reasons where that fails."""

from collections.abc import Mapping as Choices
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import compress

from ..cells import Cell, address, as_text, shown
from ..headers import Header
from ..refusals import ColumnMakesNoSense
from ..rows import Batch
from .columns import Column
from .definitions import check_column
from .matching import Mapping, match_headers, require_columns
from .replacing import Replacements
from .rules import Rules
from .types import Reader, Unfit, Value, convert_cell, reader_of


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


class _Target:
    """A column of the template with its place in the sheet, and all that makes values of its cells."""

    def __init__(self, column: Column, position: int | None) -> None:
        if wrong := check_column(column):
            raise ColumnMakesNoSense(header=column.header, detail=" ".join(wrong))
        self.column, self.position = column, position
        self.reader: Reader = reader_of(column)
        self.rules = Rules(column, self.reader) or None
        self.replacements = Replacements(column.replacements) if column.replacements else None
        self.default: Value = convert_cell(self.reader, column.default)

    def takes(self, values: Sequence[Value]) -> bool:
        """Whether all of these values are good, blanks not yet filled."""
        if self.column.required and self.default is None and None in values:
            return False
        return self.rules is None or self.rules.kept_by(values)

    def filled(self, values: Sequence[Value]) -> Sequence[Value]:
        """The values, with the default for blanks."""
        if self.default is None or None not in values:
            return values
        return [self.default if value is None else value for value in values]

    def value(self, cell: Cell) -> Value:
        """The value of one cell, after all replacements. Raises Unfit."""
        value = convert_cell(self.reader, cell)
        if value is None:
            if self.default is None and self.column.required:
                raise Unfit("required", "is required")
            return self.default
        if self.rules is not None:
            self.rules.check(value)
        return value


class Converter:
    """Converts the batches of one sheet by one template; made once, used for every batch."""

    def __init__(
        self, columns: Sequence[Column], header: Header, mapping: Choices[str, str | None] | None = None
    ) -> None:
        """`mapping` has the field for a label of the header, None to leave it out, where a person decided that.

        Raises ColumnsMissing, ColumnsRepeated, MappingUnfit and ColumnMakesNoSense.
        """
        self.mapping: Mapping = match_headers(columns, header, mapping)
        require_columns(columns, header, self.mapping)
        self._header = header
        self._targets = list(map(_Target, columns, self.mapping.positions))

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
            return [target.default] * len(batch)
        given = batch.columns[target.position]
        cells = target.replacements.made_in(given) if target.replacements else given
        values = target.reader.fast(set(map(type, cells)), cells)
        if values is not None and target.takes(values):
            return target.filled(values)
        return [
            self._value(target, number, before, cell, problems)
            for number, before, cell in zip(batch.numbers, given, cells, strict=True)
        ]

    def _value(
        self, target: _Target, number: int, given: Cell, cell: Cell, problems: dict[int, list[Problem]]
    ) -> Value:
        """The value of a cell that holds `given`, and `cell` after replacements."""
        try:
            return target.value(cell)
        except Unfit as unfit:
            problems.setdefault(number, []).append(self._problem(target, number, given, unfit))
            return None

    def _problem(self, target: _Target, number: int, cell: Cell, unfit: Unfit) -> Problem:
        return Problem(
            sheet=self._header.sheet,
            row=number,
            column_letter=self._header.letter(target.position or 0),
            header=target.column.header,
            value_text=shown(as_text(cell)),
            code=unfit.code,
            reason=unfit.reason,
        )
