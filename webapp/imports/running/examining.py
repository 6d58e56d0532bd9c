"""The rows of a workbook examined, batch by batch: what can be put into the target, and what is wrong with the rest.

Nothing is written here. An import puts what it gets; a check compares it with what is there.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

import msgspec

from webapp.datasets.changes import ABSENT, EXISTS, Refusal
from webapp.sheets import Batch, Converter, Header, Problem, RowStream, as_text, read_rows, shown

from ..targets.target import absent_fields
from ..templates.columns import TemplateColumn
from .batches import Examined, halves, parted
from .plans import FIRST, REJECT, Plan
from .poison import POISON, is_poison
from .repeats import Rows
from .uniques import Uniques

BATCH_ROWS = 500
"""Rows in one transaction: few enough that the lock of the database is free again within 50 ms (DESIGN §4)."""
REASONS = {
    EXISTS: "is there already, and this template only adds new rows; remove the row, or change the template",
    ABSENT: "is not there, and this template only changes rows that are; correct the key, or change the template",
    POISON: "could not be taken in, and not through a rule of the template; correct the row or enter it by hand, and "
    "tell your operator the number of the job",
}

log = logging.getLogger(__name__)


class Examination:
    """The batches of a workbook, examined, once, in order; `total` is how many rows it has, as far as that is known."""

    def __init__(self, plan: Plan, stream: RowStream, after: int, waiting: Callable[[], None]) -> None:
        """Raises ColumnsMissing, ColumnsRepeated or MappingUnfit."""
        self._plan, self._stream, self._after, self._waiting = plan, stream, after, waiting
        self.header = stream.header
        self.converter = converter_for(plan, stream.header)
        self.total = stream.rows_counted
        positions = self.converter.mapping.positions
        self._absent = absent_fields(plan.columns, positions)
        self._places = {column.field: (column, place) for column, place in zip(plan.columns, positions, strict=True)}
        self._keys = Rows() if plan.key_column else None
        self._uniques = Uniques.of(plan, waiting)

    def __iter__(self) -> Iterator[Examined]:
        """Batches behind the row `after`; those before it are only read where their keys have to be known."""
        for batch in self._stream:
            known, new = parted(batch, self._after)
            if known is not None:
                self._waiting()
                self._examined(known)
            if new is not None:
                yield self._examined(new)

    def refuse(self, examined: Examined, refusals: Sequence[Refusal]) -> None:
        """Takes rows out of an examined batch that the target refuses; a row may be refused for several cells."""
        if not refusals:
            return
        keys = {row.number: row.key for row in examined.rows}
        examined.problems += [self._problem_of(refusal, examined.batch, keys) for refusal in refusals]
        refused = {refusal.number for refusal in refusals}
        examined.rows = [row for row in examined.rows if row.number not in refused]

    def _problem_of(self, refusal: Refusal, batch: Batch, keys: Mapping[int, str | None]) -> Problem:
        number, code, field, reason = refusal
        reason = reason or REASONS[code]
        if field is None:
            return self._problem(number, keys.get(number), code, reason)
        column, place = self._places[field]
        cell = None if place is None else batch.columns[place][batch.numbers.index(number)]
        return self._problem_in(column, place, number, as_text(cell), code, reason)

    def _problem(self, row: int, key: str | None, code: str, reason: str) -> Problem:
        """A problem with a whole row: it is reported over the first column of the key, or else of the template."""
        column = self._plan.key_column or self._plan.columns[0]
        return self._problem_in(column, self._places[column.field][1], row, _shown(key), code, reason)

    def _problem_in(
        self, column: TemplateColumn, place: int | None, row: int, value: str, code: str, reason: str
    ) -> Problem:
        letter = self.header.letter(place or 0)
        return Problem(self.header.sheet, row, letter, column.header, shown(value), code, reason)

    def _examined(self, batch: Batch) -> Examined:
        examined = self._converted(batch)
        if self._keys is not None:
            self._sift(examined, self._keys)
        if self._uniques is not None:
            self.refuse(examined, self._uniques.refusals(examined.rows))
        return examined

    def _converted(self, batch: Batch) -> Examined:
        """The batch, its rows as the target takes them. One that cannot be examined at all is a problem by itself."""
        try:
            converted = self.converter.convert(batch)
            with self._plan.reading() as session:
                prepared = self._plan.target.prepare(session, converted.rows, self._absent)
            examined = Examined(batch, list(prepared.rows), converted.problems)
            self.refuse(examined, prepared.refused)
            return examined
        except Exception as error:
            if not is_poison(error):
                raise
            if len(batch) > 1:
                return Examined.joined(batch, [self._converted(half) for half in halves(batch)])
            log.warning("row %d of import %d is poison: %s", batch.last_row, self._plan.import_id, type(error).__name__)
            return Examined(batch, [], [self._problem(batch.last_row, None, POISON, REASONS[POISON])])

    def _sift(self, examined: Examined, keys: Rows) -> None:
        """Finds the rows whose key came before, and does with them what the template says."""
        rows = examined.rows
        examined.repeats = keys.note([(row.key, row.number) for row in rows if row.key is not None])
        if not examined.repeats or self._plan.repeated not in (FIRST, REJECT):
            return
        examined.rows = [row for row in rows if row.number not in examined.repeats]
        if self._plan.repeated == FIRST:
            examined.passed_over = len(examined.repeats)
            return
        examined.problems += [
            self._problem(row.number, row.key, "repeated", f"the key is already in row {examined.repeats[row.number]}")
            for row in rows
            if row.number in examined.repeats
        ]


@contextmanager
def examined(
    plan: Plan, after: int = 0, waiting: Callable[[], None] = lambda: None, keep: bool = False
) -> Iterator[Examination]:
    """Opens the workbook of a plan and examines its rows behind the one numbered `after`; nothing is written to the
    database. With `keep`, the rows that were read are kept for the next time.

    While the workbook's reader is silent, `waiting` is called now and then; what it raises ends the examination.
    Raises WorkbookRefused, also in the midst of the batches.
    """
    start = 0 if plan.looks_back or keep else after
    sheet, row = plan.sheet, plan.header_row
    with read_rows(
        plan.path, sheet, row, start, plan.limits, BATCH_ROWS, waiting, plan.spool, keep, plan.hidden, plan.known
    ) as stream:  # fmt: skip
        yield Examination(plan, stream, after, waiting)


def converter_for(plan: Plan, header: Header) -> Converter:
    """What makes values of the cells below this header. Raises ColumnsMissing, ColumnsRepeated or MappingUnfit."""
    return Converter(plan.columns, header, plan.mapping)


def _shown(key: str | None) -> str:
    """A key as people read it: the values of its columns."""
    values: list[Any] = msgspec.json.decode(key) if key else []
    return ", ".join(as_text(value) for value in values)
