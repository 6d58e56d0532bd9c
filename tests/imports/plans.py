"""Imports with nothing but the service: plans for them, the least that a caller lends, and what they leave."""

from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
from sqlalchemy import select, update

from webapp.datasets.models import DatasetRow
from webapp.db import reading, writing
from webapp.imports import service
from webapp.imports.models import Import, ProblemGroup, RejectedRow, TemplateVersion, Upload
from webapp.imports.templates import service as templates
from webapp.sheets import inspect_workbook

NOW = datetime(2026, 11, 22, tzinfo=UTC)


class Stop(Exception):
    """The end of the world, after a batch."""


def new_plan(owner, path, name="Hours", keys=("Code",), unique=(), mode="valid-rows", **version):
    """A plan to import a workbook into a fresh dataset; `version` goes into the version of the template."""
    report = inspect_workbook(path)
    columns = [_as_wanted(choice, unique) for choice in templates.choices_from(report, keys)]
    with writing() as session:
        template = templates.create(
            session, organization_id=owner.organization_id, created_by=owner.id, name=name, dataset=name,
            sheet=report.sheet, columns=columns, at=NOW,
        )  # fmt: skip
        if version:
            session.execute(update(TemplateVersion).where(TemplateVersion.id == template.version.id).values(version))
            session.refresh(template.version)
        return _plan(session, template, report, path, owner, mode)


def again(plan, owner, path, mode="valid-rows", replacements="[]", **version):
    """A plan for another import by the same template, with `version` changed in it."""
    with writing() as session:
        template = session.get_one(Import, plan.import_id).template
        if version:
            session.execute(update(TemplateVersion).where(TemplateVersion.id == template.version.id).values(version))
            session.refresh(template.version)
        return _plan(session, template, inspect_workbook(path), path, owner, mode, replacements)


def _as_wanted(choice, unique):
    """Hours are a number, also where so few rows make the proposal doubt it."""
    choice = replace(choice, type="decimal") if choice.header == "Hours" else choice
    return replace(choice, unique=True) if choice.header in unique else choice


def _plan(session, template, report, path, owner, mode, replacements="[]"):
    upload = Upload(
        id=f"{path.stem[:8]}{session.query(Upload).count()}", organization_id=owner.organization_id, owner_id=owner.id,
        name=path.name, size=1, sha256=path.name, created_at=NOW,
    )  # fmt: skip
    record = Import(
        template=template, version=template.version, upload=upload, sheet=report.sheet, header_row=report.header.row,
        mode=mode, replacements=replacements, created_at=NOW,
    )  # fmt: skip
    session.add(record)
    session.flush()
    return service.plan_for(record, path)


@contextmanager
def plainly(cursor, processed, total):
    """The least that a caller has to lend: a transaction."""
    with writing() as session:
        yield session


def run_with_a_stop(plan, batches):
    """Runs the import, stops it after so many batches, and runs it again from the last cursor; answers its rows."""
    saved = {"cursor": None, "processed": 0, "batches": 0}

    @contextmanager
    def stopping(cursor, processed, total):
        with writing() as session:
            yield session
        saved.update(cursor=cursor, processed=processed, batches=saved["batches"] + 1)
        if saved["batches"] == batches:
            raise Stop

    try:
        service.run_import(plan, stopping)
    except Stop:
        return service.run_import(plan, plainly, start=saved["cursor"], processed=saved["processed"])
    raise AssertionError("it came to its end before")


def dataset_of(plan):
    """The id of the dataset that the rows go into."""
    with reading() as session:
        return session.get_one(Import, plan.import_id).template.dataset_id


def record_of(plan):
    """The record of the import."""
    with reading() as session:
        return session.get_one(Import, plan.import_id)


def counts(plan):
    """New, updated, unchanged, rejected."""
    record = record_of(plan)
    return record.inserted, record.updated, record.unchanged, record.rejected


def rows(plan):
    """Key and fields of each row of the dataset."""
    with reading() as session:
        query = select(DatasetRow).where(DatasetRow.dataset_id == dataset_of(plan)).order_by(DatasetRow.key)
        return [(row.key, row.data) for row in session.scalars(query)]


def rejected(plan):
    """Row, column and value of each rejected cell."""
    with reading() as session:
        return [(cell.row, cell.column, cell.value) for cell in session.scalars(service.rejected_cells(plan.import_id))]


def reasons(plan):
    """Row, code and reason of each rejected cell."""
    with reading() as session:
        return [(cell.row, cell.code, cell.reason) for cell in session.scalars(service.rejected_cells(plan.import_id))]


def groups(plan):
    """Field, code, value, count and first row of each group of problems."""
    with reading() as session:
        query = select(ProblemGroup).where(ProblemGroup.import_id == plan.import_id).order_by(ProblemGroup.id)
        return [(each.field, each.code, each.value, each.count, each.first_row) for each in session.scalars(query)]


def kept(plan):
    """Number and cells of each rejected row, as it came."""
    with reading() as session:
        query = select(RejectedRow).where(RejectedRow.import_id == plan.import_id).order_by(RejectedRow.row)
        return [(each.row, msgspec.json.decode(each.cells)) for each in session.scalars(query)]


def everything(plan):
    """All that an import leaves, to compare with what another left."""
    record = record_of(plan)
    return counts(plan), record.skipped, record.repeated, rows(plan), reasons(plan), groups(plan), kept(plan)


def names(plan):
    """The names of the rows, by their keys."""
    return [data.split('"')[7] for _, data in rows(plan)]
