"""Rows sort by what their values are, whichever type and whichever database: negatives first, blanks always last."""

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine, create_engine
from sqlalchemy.orm import Session

from tests.servers import Servers, program
from webapp.accounts.models import Organization
from webapp.datasets.documents import encode
from webapp.datasets.models import Dataset, DatasetColumn, DatasetRow
from webapp.datasets.service import rows_query
from webapp.db import Base
from webapp.exports import asking
from webapp.exports.asking import Asked
from webapp.exports.errors import ConditionImpossible

NOW = datetime(2026, 11, 28, tzinfo=UTC)
IN_ORDER = {
    "integer": [-12, -3, 0, 9, 10, 9_007_199_254_740_993, 9_007_199_254_740_994],
    "decimal": [Decimal("-10.5"), Decimal("-9"), Decimal("0.05"), Decimal("9.95"), Decimal("10"), Decimal("100")],
    "percent": [Decimal("-0.5"), Decimal("0.09"), Decimal("0.1"), Decimal("1.25")],
    "date": [date(1899, 12, 31), date(2025, 12, 31), date(2026, 2, 1), date(2026, 10, 1)],
    "datetime": [datetime(2026, 1, 9, 8), datetime(2026, 1, 9, 8, 0, 0, 500), datetime(2026, 1, 10)],
    "time": [time(0, 0), time(7, 59, 59), time(8, 0), time(8, 0, 0, 1), time(23, 59)],
    "boolean": [False, True],
    "duration": [
        timedelta(days=-2), timedelta(hours=-25), timedelta(seconds=-5), timedelta(0), timedelta(microseconds=500),
        timedelta(seconds=9), timedelta(seconds=10), timedelta(hours=10), timedelta(hours=24), timedelta(hours=100),
        timedelta(hours=1_000),
    ],
    "text": ["10", "9", "Ada", "bo", "Cy"],
}  # fmt: skip


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with ExitStack() as around:
        yield Servers(around).postgresql.replace("postgresql:", "postgresql+psycopg:")


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    """Each database in turn, with empty tables."""
    if request.param == "postgresql" and program("postgres") is None:
        pytest.skip("PostgreSQL is not here.")
    url = f"sqlite:///{tmp_path}/app.db" if request.param == "sqlite" else request.getfixturevalue("postgresql")
    engine = create_engine(url)
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    yield engine
    engine.dispose()


class Shelf:
    """A dataset with one column."""

    def __init__(self, session: Session, type_: str) -> None:
        self._session = session
        house = Organization(name="Harbour Office", created_at=NOW)
        session.add(house)
        session.flush()
        self._dataset = Dataset(organization_id=house.id, name="Shelf", created_at=NOW, updated_at=NOW)
        self._dataset.columns = [DatasetColumn(position=0, field="it", header="It", type=type_)]
        session.add(self._dataset)
        session.flush()

    def put(self, documents: list[dict[str, object]]) -> None:
        rows = [
            DatasetRow(dataset_id=self._dataset.id, data=encode(each).decode(), created_at=NOW, updated_at=NOW)
            for each in documents
        ]
        self._session.add_all(rows)
        self._session.flush()

    def sorted(self, *, descending: bool = False) -> list[str]:
        query = rows_query(self._dataset, sort="it", descending=descending)
        return [row.data for row in self._session.scalars(query)]

    def found(self, condition: str) -> list[str]:
        query = asking.rows_query(self._dataset, Asked(where=(condition,)))
        return [row.data for row in self._session.scalars(query)]


@pytest.mark.parametrize("type_", IN_ORDER)
def test_rows_are_sorted_by_their_values_and_blanks_come_last(engine, type_):
    rows = [encode({"it": value}).decode() for value in IN_ORDER[type_]]
    blanks = ['{"it":null}', "{}"]
    with Session(engine) as session:
        shelf = Shelf(session, type_)
        shelf.put([{"it": None}, *({"it": value} for value in _mixed(IN_ORDER[type_])), {}])
        assert shelf.sorted() == [*rows, *blanks]
        assert shelf.sorted(descending=True) == [*rows[::-1], *blanks]


def test_lengths_of_time_are_compared_as_such(engine):
    with Session(engine) as session:
        shelf = Shelf(session, "duration")
        shelf.put([{"it": timedelta(hours=hours)} for hours in (-1, 8, 9.5, 10, 100)] + [{"it": None}])
        assert shelf.found("it>=9:30") == ['{"it":"PT34200S"}', '{"it":"PT36000S"}', '{"it":"P4DT14400S"}']
        assert shelf.found("it=8:00") == ['{"it":"PT28800S"}']
        assert shelf.found("it<0:00") == ['{"it":"-PT3600S"}']
        assert shelf.found("it=") == ['{"it":null}']
        with pytest.raises(ConditionImpossible, match="as in 7:30"):
            shelf.found("it>soon")


def _mixed(values: list[object]) -> list[object]:
    """The values in another order than their own."""
    return [*values[1::2], *values[::2]]
