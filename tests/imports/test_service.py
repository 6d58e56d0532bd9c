"""The service alone: no job, no page, no queue (REQUIREMENTS B6)."""

from contextlib import contextmanager

import pytest
from sqlalchemy import select

from tests.imports.plans import (
    NOW,
    Stop,
    again,
    counts,
    everything,
    plainly,
    rejected,
    rows,
    run_with_a_stop,
)  # fmt: skip
from webapp.datasets import service as datasets
from webapp.datasets.models import Dataset
from webapp.db import reading, writing
from webapp.imports import service
from webapp.imports.models import RejectedCell
from webapp.imports.running import rejections

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]


def test_a_workbook_is_imported_with_nothing_but_the_service(plan_of, small):
    plan = plan_of(small)
    assert service.run_import(plan, plainly) == 5
    assert counts(plan) == (4, 0, 0, 1)
    assert rows(plan)[0] == ('["A1"]', '{"code":"A1","name":"Ada","hours":1}')


def test_importing_the_same_workbook_again_changes_nothing(plan_of, cast, hours):
    plan = plan_of(hours, keys=("Entry no",))
    service.run_import(plan, plainly)
    before, second = rows(plan), again(plan, cast.ada, hours)
    service.run_import(second, plainly)
    assert counts(second) == (0, 0, 2_970, 30)
    assert rows(plan) == before


def test_every_read_row_is_counted_once(plan_of, hours):
    plan = plan_of(hours, keys=("Employee no",))
    assert service.run_import(plan, plainly) == 3_000
    inserted, updated, unchanged, errors = counts(plan)
    assert inserted == 396, "of 400 people, four have bad hours in every row of theirs"
    assert inserted + updated + unchanged + errors == 3_000


def test_a_row_without_a_key_is_always_inserted(plan_of, cast, small):
    plan = plan_of(small, keys=())
    service.run_import(plan, plainly)
    second = again(plan, cast.ada, small)
    service.run_import(second, plainly)
    assert counts(second) == (4, 0, 0, 1)
    assert len(rows(plan)) == 8


def test_a_rejected_row_is_listed_with_its_place_and_reason(plan_of, small):
    plan = plan_of(small)
    service.run_import(plan, plainly)
    with reading() as session:
        cell = session.scalars(select(RejectedCell)).one()
        assert (cell.sheet, cell.row, cell.column, cell.header, cell.value) == ("Hours", 5, "C", "Hours", "many")
        assert "number" in cell.reason


def test_an_import_that_stops_after_any_batch_goes_on_to_the_same_end(plan_of, cast, hours):
    undisturbed = plan_of(hours, name="Undisturbed", keys=("Entry no",))
    service.run_import(undisturbed, plainly)
    for batches_before_the_end in range(1, 7):
        plan = plan_of(hours, name=f"Stopped after {batches_before_the_end}", keys=("Entry no",))
        assert run_with_a_stop(plan, batches_before_the_end) == 3_000
        assert everything(plan) == everything(undisturbed)


def test_a_batch_that_fails_leaves_nothing(plan_of, hours):
    plan = plan_of(hours, keys=("Entry no",))

    @contextmanager
    def failing(cursor, processed, total):
        with writing() as session:
            yield session
            raise Stop

    with pytest.raises(Stop):
        service.run_import(plan, failing)
    assert counts(plan) == (0, 0, 0, 0)
    assert rows(plan) == rejected(plan) == []


def test_rejected_cells_are_kept_up_to_a_ceiling_and_counted_beyond_it(plan_of, hours, monkeypatch):
    monkeypatch.setattr(rejections, "CELLS_KEPT", 12)
    plan = plan_of(hours, keys=("Entry no",))
    service.run_import(plan, plainly)
    assert counts(plan)[3] == 30
    assert len(rejected(plan)) == 12


def test_a_dataset_that_is_there_takes_no_column_of_another_type(cast):
    with writing() as session:
        datasets.ensure(session, cast.ada.organization_id, "Hours", [datasets.NewColumn("hours", "Hours", "text")], NOW)
    columns = [datasets.NewColumn("hours", "Hours", "decimal")]
    with writing() as session, pytest.raises(datasets.FieldTypeDiffers, match="“Text”, not “Number”"):
        datasets.ensure(session, cast.ada.organization_id, "Hours", columns, NOW)
    with reading() as session:
        assert len(session.scalars(select(Dataset)).all()) == 1
