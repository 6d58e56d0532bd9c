"""Where the rows of an import go: a dataset, or a built-in table. Each is one `Target`; an import knows no other word.

A target that is not a dataset is registered by the room whose table it is, when the application is put together.
"""

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Protocol, cast

import msgspec
from sqlalchemy.orm import Session

from webapp.datasets import changes, taking_back
from webapp.datasets.changes import Fate, NewRow, Outcome, Prepared
from webapp.datasets.documents import encode
from webapp.datasets.taking_back import Prospect, TakenBack
from webapp.sheets import Value

from ..errors import TargetUnknown
from ..models import ImportTemplate
from ..templates.columns import TemplateColumn
from . import references, tables
from .references import Numbered
from .table_target import TableTarget

DATASET = "dataset"
"""The target of a template whose rows go into a dataset."""


class Target(Protocol):
    """Takes the rows of one import. Rows are prepared outside of write transactions, and put within one."""

    def prepare(self, session: Session, rows: Sequence[Numbered], absent: Collection[str] = ()) -> Prepared:
        """Makes the rows ready, and finds what their references name; `session` only reads.

        `absent` are fields whose columns the workbook does not have: a target may leave them as they are.
        """

    def compare(self, session: Session, rows: Sequence[NewRow], existing: str) -> list[Fate]:
        """What `put` would make of each row, were it alone; nothing is written."""

    def put(self, session: Session, rows: Sequence[NewRow], existing: str, change: int, at: datetime) -> Outcome:
        """Writes the rows under the number of the import, so that they can be taken back. It refuses those that what
        is there does not allow. A row that this import itself has inserted before is changed, whatever `existing` says.
        """

    def version(self, session: Session) -> int:
        """A number that grows whenever the target's data changes."""

    def rows_before(self, session: Session, change: int) -> Iterable[tuple[str | None, str]]:
        """Key and JSON object of each row as it was before this import touched it, for columns that are unique. Empty
        for a target that refuses by itself, in `put`, what comes twice.
        """

    def touched(self, session: Session, change: int, after: int, limit: int) -> list[int]:
        """The ids of the rows that an import made or wrote, in order, those behind `after`, at most so many.

        A target needs for this, of each row: the change that made it, the change that wrote it last, and what it was
        before each change touched it for the first time; and it finds them by the change without reading all rows.
        """

    def take_back(self, session: Session, change: int, rows: Sequence[int], at: datetime) -> TakenBack:
        """Takes back what the import did to these rows, which `touched` found: those that it made are removed, those
        that it wrote become what they were, and those that something else wrote since are kept, and named in words.

        A row that is gone, or was taken back before, counts as nothing. A target whose rows others refer to keeps a
        row that it cannot remove.
        """

    def prospect(self, session: Session, change: int) -> Prospect:
        """What `take_back` would do to all rows of the import, in figures."""


class DatasetTarget:
    """A dataset of an organization: fields are those of the template, the key is what its key columns say.

    Fields of the dataset that the template or the workbook does not have stay as they are.
    """

    def __init__(
        self, organization_id: int, dataset_id: int, all_fields: Sequence[str], columns: Sequence[TemplateColumn]
    ) -> None:
        """`all_fields` are those of the dataset, `columns` those of the template."""
        self._organization_id, self._dataset_id, self._columns = organization_id, dataset_id, columns
        self._all_fields, self._fields = list(all_fields), [column.field for column in columns]
        self._key = [position for position, column in enumerate(columns) if column.key]

    def prepare(self, session: Session, rows: Sequence[Numbered], absent: Collection[str] = ()) -> Prepared:
        """As `Target` says."""
        rows, refused = references.resolve(session, self._organization_id, self._columns, rows)
        bad = {refusal.number for refusal in refused}
        good = [(number, values) for number, values in rows if number not in bad] if bad else rows
        write, blank = self._writer(frozenset(absent))
        return Prepared(
            [NewRow(number, self._key_of(values), write(values), blank) for number, values in good], refused
        )

    def compare(self, session: Session, rows: Sequence[NewRow], existing: str) -> list[Fate]:
        """As `Target` says."""
        return changes.compare(session, self._dataset_id, rows, existing)

    def put(self, session: Session, rows: Sequence[NewRow], existing: str, change: int, at: datetime) -> Outcome:
        """As `Target` says."""
        return changes.put(session, self._dataset_id, rows, at, change=change, existing=existing)

    def version(self, session: Session) -> int:
        """As `Target` says."""
        return changes.version_of(session, self._dataset_id)

    def rows_before(self, session: Session, change: int) -> Iterable[tuple[str | None, str]]:
        """As `Target` says."""
        return changes.rows_before(session, self._dataset_id, change)

    def touched(self, session: Session, change: int, after: int, limit: int) -> list[int]:
        """As `Target` says."""
        return taking_back.touched(session, change, after, limit)

    def take_back(self, session: Session, change: int, rows: Sequence[int], at: datetime) -> TakenBack:
        """As `Target` says."""
        return taking_back.take_back(session, self._dataset_id, change, rows, at)

    def prospect(self, session: Session, change: int) -> Prospect:
        """As `Target` says."""
        return taking_back.prospect(session, change)

    def _key_of(self, values: Sequence[Value]) -> str | None:
        return encode([values[position] for position in self._key]).decode() if self._key else None

    @cache  # noqa: B019 - a target lives as long as its import
    def _writer(self, absent: frozenset[str]) -> tuple[Callable[[Sequence[Value]], str], str | None]:
        """What writes the values of a row as a JSON object without these fields; and a blank row, unless it has all."""
        places = [place for place, field in enumerate(self._fields) if field not in absent]
        fields = [self._fields[place] for place in places]
        row = _row_of(fields)
        if fields == self._all_fields:
            return lambda values: encode(row(*values)).decode(), None
        blank = encode(dict.fromkeys(self._all_fields)).decode()
        return lambda values: encode(row(*[values[place] for place in places])).decode(), blank


def target_of(template: ImportTemplate, columns: Sequence[TemplateColumn]) -> Target:
    """The target of imports by this template. Raises TargetUnknown for a table that no room has registered."""
    if template.target == DATASET:
        dataset = cast(Any, template.dataset)
        all_fields = [column.field for column in dataset.columns]
        return DatasetTarget(template.organization_id, dataset.id, all_fields, columns)
    if (built_in := tables.find(template.target)) is None:
        raise TargetUnknown(name=template.target)
    return TableTarget(built_in, template.organization_id, columns, template.into_id)


def absent_fields(columns: Sequence[TemplateColumn], positions: Sequence[int | None]) -> set[str]:
    """The fields that a workbook says nothing of: their columns have no place in it, and no default."""
    places = zip(columns, positions, strict=True)
    return {column.field for column, position in places if position is None and column.default is None}


def _row_of(fields: Sequence[str]) -> type[msgspec.Struct]:
    """A class for rows with these fields: made and written in C, in less time than a dict is."""
    places = {f"place_{number}": field for number, field in enumerate(fields)}
    return msgspec.defstruct("Row", [(place, Value) for place in places], rename=places)
