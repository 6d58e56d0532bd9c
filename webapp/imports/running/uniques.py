"""Columns whose values may not come twice: not in the workbook, and not in the rows that were in the target before.

A value belongs to the first row that has it, and to later rows of the same key. It belongs to its row also when that is
given another one on the way: so an import that goes on after a stop judges as if it had never stopped.

What others write meanwhile is not seen: imports that look after values of one dataset have to come one after the other
(docs/decisions/0023).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from webapp.datasets.changes import NewRow, Refusal

from ..templates.columns import TemplateColumn
from .plans import Plan
from .repeats import Rows

BEFORE = 0
"""Stands for the number of a row that was there before."""
LOOK_EVERY = 1_000
"""Rows of the target after which the import is asked whether to stop."""

values_of = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode


def unique_fields(columns: Sequence[TemplateColumn]) -> list[str]:
    """Fields whose values this module looks after. One that is the whole key is no business of it: rows with one key
    are one row.
    """
    keys = [column.field for column in columns if column.key]
    return [column.field for column in columns if column.unique and keys != [column.field]]


class Uniques:
    """The unique columns of a plan."""

    def __init__(self, fields: Sequence[str]) -> None:
        self._owners = {field: _Owners() for field in fields}

    @classmethod
    def of(cls, plan: Plan, waiting: Callable[[], None]) -> "Uniques | None":
        """Those of a plan, with the values that were in its target before; None if it has none."""
        fields = unique_fields(plan.columns)
        if not fields:
            return None
        found = cls(fields)
        with plan.reading() as session:
            for place, (key, data) in enumerate(plan.target.rows_before(session, plan.import_id)):
                if place % LOOK_EVERY == 0:
                    waiting()
                found._enter(NewRow(BEFORE, key, data))
        return found

    def refusals(self, rows: Iterable[NewRow]) -> list[Refusal]:
        """What is wrong with rows of the workbook; the values of the others are theirs from now on."""
        return [refusal for row in rows for refusal in self._refusals(row)]

    def _refusals(self, row: NewRow) -> list[Refusal]:
        found = list(self._objections(row))
        if not found:
            self._enter(row)
        return found

    def _objections(self, row: NewRow) -> Iterator[Refusal]:
        for field, text in self._texts(row):
            owner = self._owners[field].other_than(row.key, text)
            if owner is not None:
                place = "in a row that is there" if owner == BEFORE else f"in row {owner}"
                yield Refusal(row.number, "unique", field, f"must be unique, and is already {place}")

    def _enter(self, row: NewRow) -> None:
        for field, text in self._texts(row):
            self._owners[field].add(row, text)

    def _texts(self, row: NewRow) -> Iterator[tuple[str, str]]:
        """Field and JSON of each value that is no blank."""
        values = values_of(row.data)
        for field in self._owners:
            text = bytes(values.get(field, b"null")).decode()
            if text != "null":
                yield field, text


class _Owners:
    """Whose the values of one column are: the first row of each, and its keys."""

    def __init__(self) -> None:
        self._rows, self._keys = Rows(), Rows()

    def other_than(self, key: str | None, text: str) -> int | None:
        """The number of the row that has this value, unless it is one of the same key."""
        owner = self._rows.row_of(text)
        return None if owner is None or (key is not None and self._keys.row_of(text + key) is not None) else owner

    def add(self, row: NewRow, text: str) -> None:
        """The value is this row's."""
        self._rows.note([(text, row.number)])
        if row.key is not None:
            self._keys.note([(text + row.key, row.number)])
