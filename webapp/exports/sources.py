"""Where the rows of an export come from: a dataset, or a built-in table. Each is one `Source`; an export knows no other
word. A room registers its tables when the application is put together.
"""

from collections.abc import Callable, Generator, Sequence
from typing import Any, Protocol

from sqlalchemy import Select
from sqlalchemy.orm import Session

from webapp.datasets import service as datasets
from webapp.sheets.writing import OutputColumn, OutputValue

from .asking import Asked, NamedColumn, rows_query
from .errors import SourceUnknown
from .values import RowReader

BATCH_ROWS = 1_000
Batches = Generator[Sequence[Sequence[OutputValue]]]
DATASET = "dataset"
"""The source of an export of a dataset."""


class Source(Protocol):
    """What rows can be exported from. `kind` is "dataset", or the name of a built-in table."""

    kind: str
    organization_id: int
    dataset_id: int | None
    name: str

    @property
    def columns(self) -> Sequence[NamedColumn]:
        """In their order."""

    def query(self, asked: Asked) -> Select[Any]:
        """The rows that are asked for, to be counted or read. Raises ColumnUnknown, ConditionUnclear or
        ConditionImpossible.
        """

    def batches(self, session: Session, query: Select[Any], columns: Sequence[OutputColumn]) -> Batches:
        """The values of these columns, by column, so many rows at a time. To be closed by whoever reads them."""


class DatasetSource:
    """The rows of a dataset."""

    kind = DATASET

    def __init__(self, dataset: Any) -> None:
        self._dataset = dataset
        self.organization_id, self.name = dataset.organization_id, dataset.name
        self.dataset_id: int | None = dataset.id

    @property
    def columns(self) -> Sequence[NamedColumn]:
        """As `Source` says."""
        return self._dataset.columns

    def query(self, asked: Asked) -> Select[Any]:
        """As `Source` says."""
        return rows_query(self._dataset, asked)

    def batches(self, session: Session, query: Select[Any], columns: Sequence[OutputColumn]) -> Batches:
        """As `Source` says."""
        reader = RowReader(columns)
        with session.scalars(datasets.data_of(query).execution_options(yield_per=BATCH_ROWS)) as found:
            yield from map(reader.columns, found.partitions())


_tables: dict[str, Callable[[int], Source]] = {}


def register(name: str, make: Callable[[int], Source]) -> None:
    """Makes a built-in table a source of exports: `make` opens it for an organization."""
    _tables[name] = make


def known() -> list[str]:
    """The built-in tables that can be exported."""
    return sorted(_tables)


def table(name: str, organization_id: int) -> Source:
    """A built-in table of an organization. Raises SourceUnknown."""
    if name not in _tables:
        raise SourceUnknown(name=name)
    return _tables[name](organization_id)


def named(session: Session, name: str, organization_id: int) -> Source:
    """The organization's dataset of that name, or else the built-in table. Raises DatasetNotFound."""
    try:
        return DatasetSource(datasets.find_by_name(session, name, organization_id))
    except datasets.DatasetNotFound:
        if name in _tables:
            return table(name, organization_id)
        raise
