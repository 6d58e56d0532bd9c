"""Datasets to export, put straight into the database of an instance."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime

from sqlalchemy import insert

from webapp.accounts.models import Organization
from webapp.datasets import service as datasets
from webapp.datasets.models import DatasetRow
from webapp.db import writing

from .rows import COLUMNS, FIELDS, row

NOW = datetime(2026, 11, 23, tzinfo=UTC)
AT_A_TIME = 10_000


def stock(name: str, count: int) -> int:
    """A dataset of so many rows in the current application; answers its id."""
    with writing() as session:
        organization = Organization(name=f"The house of {name}", created_at=NOW)
        session.add(organization)
        session.flush()
        columns = [datasets.NewColumn(field, field.title(), type_) for field, type_ in COLUMNS]
        dataset = datasets.ensure(session, organization.id, name, columns, NOW)
        for start in range(0, count, AT_A_TIME):
            session.execute(insert(DatasetRow), list(_stored(dataset.id, range(start, min(start + AT_A_TIME, count)))))
        return dataset.id


def _stored(dataset_id: int, numbers: range) -> Iterator[dict[str, object]]:
    for number in numbers:
        values = dict(zip(FIELDS, row(number), strict=True))
        data = json.dumps(values, default=lambda moment: moment.isoformat())
        yield {"dataset_id": dataset_id, "key": f'["{number}"]', "data": data, "created_at": NOW, "updated_at": NOW}
