"""Rows put into a dataset under the number of a change: what they were before is kept, once."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from webapp.datasets import changes, service, taking_back
from webapp.datasets.changes import NewRow, put
from webapp.datasets.models import Dataset, DatasetRow, EarlierRow
from webapp.db import reading, writing

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def rows(**hours):
    return [
        NewRow(number, f'["{key}"]', f'{{"hours":{value}}}') for number, (key, value) in enumerate(hours.items(), 2)
    ]


def test_a_changed_row_is_remembered_as_it_was_before_the_change(cast):
    dataset_id = made(cast)
    with writing() as session:
        put(session, dataset_id, rows(a=1, b=1), NOW, change=1)
    for hours in (2, 3):
        with writing() as session:
            put(session, dataset_id, rows(a=hours, b=1), NOW, change=2)
    with reading() as session:
        (earlier,) = session.scalars(select(EarlierRow))
        assert (earlier.change, earlier.data, earlier.changed_in) == (2, '{"hours":1}', 1)
        found = session.scalars(select(DatasetRow).order_by(DatasetRow.key))
        assert [(row.created_in, row.changed_in, row.data) for row in found] == [
            (1, 2, '{"hours":3}'),
            (1, 1, '{"hours":1}'),
        ]


@pytest.mark.parametrize(
    ("existing", "known", "other", "new"),
    [
        ("upsert", "unchanged", "changed", "new"),
        ("insert", "exists", "exists", "new"),
        ("update", "unchanged", "changed", "absent"),
        ("skip", "unchanged", "skipped", "new"),
    ],
)
def test_what_happens_to_a_key_that_is_there_is_for_the_template_to_say(cast, existing, known, other, new):
    dataset_id = made(cast)
    with writing() as session:
        put(session, dataset_id, rows(a=1, b=1), NOW, change=1)
    coming = rows(a=1, b=2, c=3)
    with reading() as session:
        found = changes.compare(session, dataset_id, coming, existing)
    assert [fate.becomes for fate in found] == [known, other, new]
    with writing() as session:
        outcome = put(session, dataset_id, coming, NOW, change=2, existing=existing)
    assert [outcome.unchanged, outcome.updated, outcome.skipped, outcome.inserted, len(outcome.refused)] == [
        [known, other, new].count(word) for word in ("unchanged", "changed", "skipped", "new")
    ] + [sum(word in ("exists", "absent") for word in (known, other, new))]


def test_the_version_of_a_dataset_grows_with_every_change_and_no_sooner(cast):
    dataset_id = made(cast)
    seen = []
    for hours in (1, 1, 2):
        with writing() as session:
            put(session, dataset_id, rows(a=hours), NOW, change=1)
            seen.append(changes.version_of(session, dataset_id))
    assert seen == [1, 1, 2]


def test_a_dataset_knows_how_many_rows_it_has(cast):
    dataset_id = made(cast)
    with writing() as session:
        put(session, dataset_id, [*rows(a=1, b=1, c=1), NewRow(9, '["a"]', '{"hours":2}')], NOW, change=1)
        put(session, dataset_id, rows(b=2, d=1), NOW, change=2)
        assert counted(session, dataset_id) == (4, 4)
        ids = taking_back.touched(session, 2, 0, 100)
        taking_back.take_back(session, dataset_id, 2, ids, NOW)
        assert counted(session, dataset_id) == (3, 3)


def counted(session, dataset_id):
    """What the dataset says, and what there is."""
    said = session.scalar(select(Dataset.row_count).where(Dataset.id == dataset_id))
    return said, len(session.scalars(select(DatasetRow.id).where(DatasetRow.dataset_id == dataset_id)).all())


def made(cast):
    with writing() as session:
        column = service.NewColumn("hours", "Hours", "integer")
        return service.ensure(session, cast.ada.organization_id, "Hours", [column], NOW).id
