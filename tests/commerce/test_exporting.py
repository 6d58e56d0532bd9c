"""Customers and orders as sources of exports, and what comes back of them: nothing has changed."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.exports.conftest import file_of, lines, objects
from webapp.accounts.models import User
from webapp.commerce import orders
from webapp.db import reading, writing
from webapp.exports import sources
from webapp.exports.asking import Asked
from webapp.exports.jobs import start
from webapp.extensions import kernel
from webapp.imports import service
from webapp.imports.models import Import, Upload
from webapp.imports.targets import tables
from webapp.imports.templates import ready_made
from webapp.sheets import inspect_workbook

from .conftest import all_orders

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 28, tzinfo=UTC)


@pytest.fixture
def file_with(cast, context, stocked):
    """Exports a table of the Harbour Office: `file_with("orders", "csv", where=("status=new",))`."""
    stocked(30, of=10)

    def file_with(name, format_="xlsx", **asked):
        with writing() as session:
            source = sources.table(name, cast.ada.organization_id)
            job = start(session, source, Asked(**asked), format_, cast.ada.id)
        assert kernel.run(job.id)
        return file_of(kernel.find(job.id))

    return file_with


@contextmanager
def plainly(cursor, processed, total):
    with writing() as session:
        yield session


@pytest.fixture
def brought_back(cast, tmp_path):
    """Imports a file into a table by its ready-made template; answers what came of the rows."""

    def brought_back(path, name):
        book = path.rename(tmp_path / f"{name}.xlsx")
        report = inspect_workbook(book)
        with writing() as session:
            owner = session.get_one(User, cast.ada.id)
            template = ready_made.ensure(session, owner.organization_id, owner.id, tables.find(name), None, NOW)
            upload = Upload(id=name.zfill(16), organization_id=owner.organization_id, owner_id=owner.id, name=book.name)
            upload.size, upload.sha256, upload.created_at = 1, "", NOW
            record = Import(template=template, version=template.version, upload=upload, created_at=NOW)
            record.sheet, record.header_row = report.sheet, report.header.row
            session.add(record)
            session.flush()
            plan = service.plan_for(record, book)
        service.run_import(plan, plainly)
        with reading() as session:
            result = service.result_of(session, plan.import_id)
            return result.inserted, result.updated, result.unchanged, result.errors

    return brought_back


def test_exported_customers_come_back_unchanged(file_with, brought_back):
    assert brought_back(file_with("customers"), "customers") == (0, 0, 10, 0)


def test_exported_orders_come_back_unchanged_processed_or_not(file_with, brought_back):
    path = file_with("orders")
    with writing() as session:
        orders.process(session, [order.id for order in all_orders()[:15]], "run", NOW)
        rows = sum(max(1, len(order.lines)) for order in session.scalars(select(orders.Order)))
    assert brought_back(path, "orders") == (0, 0, rows, 0)


def test_customers_are_narrowed_sorted_and_chosen_as_asked(file_with):
    found = lines(file_with("customers", "csv", where=("discount>=10 %",), fields=("number", "discount"),
                            sort="number", descending=True).read_text("utf-8-sig"))  # fmt: skip
    assert found[0] == ["Number", "Discount"]
    assert [number for number, _ in found[1:]] == ["C0007", "C0006", "C0003", "C0002"]


def test_orders_are_narrowed_by_what_they_are(file_with):
    found = objects(file_with("orders", "jsonl", where=("ordered_on<2026-01-07", "unit_price>30")).read_text("utf-8"))
    assert {row["ordered_on"] for row in found} <= {"2026-01-05", "2026-01-06"}
    assert found
    assert all(row["unit_price"] > 30 for row in found)


def test_nothing_of_another_organization_is_exported(file_with, cast):
    with reading() as session:
        source = sources.table("orders", cast.otto.organization_id)
        assert session.execute(source.query(Asked())).all() == []
