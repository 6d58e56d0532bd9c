"""The service alone: no job, no page, no queue (REQUIREMENTS B6)."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from webapp.datasets import service as datasets
from webapp.datasets.models import Dataset, DatasetRow
from webapp.db import reading, writing
from webapp.imports import rejections, service, templates
from webapp.imports.models import Import, RejectedCell, Upload
from webapp.sheets import inspect_workbook

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Stop(Exception):
    """The end of the world, after a batch."""


@pytest.fixture(autouse=True)
def context(app):
    with app.app_context():
        yield


@pytest.fixture
def plan_of(cast):
    """A plan to import a workbook into a fresh dataset."""

    def plan_of(path, name="Hours", keys=("Code",)):
        report = inspect_workbook(path)
        with writing() as session:
            template = templates.create(
                session,
                organization_id=cast.ada.organization_id,
                created_by=cast.ada.id,
                name=name,
                dataset=name,
                sheet=report.sheet,
                columns=[_with_numbers(choice) for choice in templates.choices_from(report, keys)],
                at=NOW,
            )
            return _plan(session, template, report, path, cast.ada)

    return plan_of


def _with_numbers(choice):
    """Hours are a number, also where so few rows make the proposal doubt it."""
    return replace(choice, type="decimal") if choice.header == "Hours" else choice


def again(plan, cast, path):
    """A plan for another import of the same kind."""
    with writing() as session:
        template = session.get_one(Import, plan.import_id).template
        return _plan(session, template, inspect_workbook(path), path, cast.ada)


def _plan(session, template, report, path, owner):
    upload = Upload(
        id=f"{path.stem[:8]}{session.query(Upload).count()}",
        organization_id=owner.organization_id,
        owner_id=owner.id,
        name=path.name,
        size=1,
        sha256="",
        created_at=NOW,
    )
    place = {"sheet": report.sheet, "header_row": report.header.row}
    record = Import(template=template, version=template.version, upload=upload, **place, created_at=NOW)
    session.add(record)
    session.flush()
    return service.plan_for(record, path)


@contextmanager
def plainly(cursor, processed, total):
    """The least that a caller has to lend: a transaction."""
    with writing() as session:
        yield session


def dataset_of(plan):
    with reading() as session:
        return session.get_one(Import, plan.import_id).template.dataset_id


def counts(plan):
    with reading() as session:
        result = service.result_of(session, plan.import_id)
        return result.inserted, result.updated, result.unchanged, result.errors


def rows(plan):
    with reading() as session:
        query = select(DatasetRow).where(DatasetRow.dataset_id == dataset_of(plan)).order_by(DatasetRow.key)
        return [(row.key, row.data) for row in session.scalars(query)]


def rejected(plan):
    with reading() as session:
        return [(cell.row, cell.column, cell.value) for cell in session.scalars(service.rejected_cells(plan.import_id))]


def test_a_workbook_is_imported_with_nothing_but_the_service(plan_of, small):
    plan = plan_of(small)
    assert service.run_import(plan, plainly) == 5
    assert counts(plan) == (4, 0, 0, 1)
    assert rows(plan)[0] == ('["A1"]', '{"code":"A1","name":"Ada","hours":1}')


def test_importing_the_same_workbook_again_changes_nothing(plan_of, cast, hours):
    plan = plan_of(hours, keys=("Entry no",))
    service.run_import(plan, plainly)
    before, second = rows(plan), again(plan, cast, hours)
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
    second = again(plan, cast, small)
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
        run_with_a_stop(plan, batches_before_the_end)
        assert (counts(plan), rows(plan), rejected(plan)) == (
            counts(undisturbed),
            rows(undisturbed),
            rejected(undisturbed),
        )


def run_with_a_stop(plan, batches):
    """Runs the import, stops it after so many batches, and runs it again from the last cursor."""
    saved = {"cursor": None, "processed": 0, "batches": 0}

    @contextmanager
    def stopping(cursor, processed, total):
        with writing() as session:
            yield session
        saved.update(cursor=cursor, processed=processed, batches=saved["batches"] + 1)
        if saved["batches"] == batches:
            raise Stop

    with pytest.raises(Stop):
        service.run_import(plan, stopping)
    assert service.run_import(plan, plainly, start=saved["cursor"], processed=saved["processed"]) == 3_000


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
    with writing() as session, pytest.raises(datasets.FieldTypeDiffers, match="text, not decimal"):
        datasets.ensure(session, cast.ada.organization_id, "Hours", columns, NOW)
    with reading() as session:
        assert len(session.scalars(select(Dataset)).all()) == 1
