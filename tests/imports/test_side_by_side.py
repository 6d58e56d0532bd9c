"""Two who change the same at the same instant: one comes after the other, and each is judged by what is there then."""

import threading
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from tests.imports.plans import again
from tests.imports.targets import Importing
from webapp.datasets import service as datasets
from webapp.datasets.changes import NewRow, Outcome, put
from webapp.datasets.models import Dataset, DatasetRow
from webapp.datasets.service import NewColumn
from webapp.datasets.taking_back import Kept, take_back, touched
from webapp.db import reading, writing
from webapp.imports.checks import service as checking
from webapp.imports.checks.jobs import check_again, import_checked
from webapp.imports.errors import ImportStarted, TemplateNameTaken
from webapp.imports.mapping import service as mapping
from webapp.imports.models import Import
from webapp.imports.targets.target import target_of
from webapp.imports.templates import service as templates
from webapp.imports.templates.columns import TemplateColumn
from webapp.sheets import Header

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 28, tzinfo=UTC)
ENOUGH = 0.3
"""Seconds in which the second comes to where it waits for the first: a slow machine only makes a test easier."""


@pytest.fixture
def beside(app):
    """Within the block `act` begins on a connection of its own, while the transaction around the block is still open.
    The list holds what it answers, or raises, once both are done.
    """

    @contextmanager
    def beside(act):
        found = []

        def run():
            with app.app_context():
                try:
                    with writing() as session:
                        answer = act(session)
                    found.append(answer)
                except Exception as error:
                    found.append(error)

        thread = threading.Thread(target=run)
        with writing() as session:
            yield session, found
            thread.start()
            thread.join(ENOUGH)
            assert thread.is_alive(), "it did not wait"
        thread.join()

    with app.app_context():
        yield beside


@pytest.fixture
def dataset(app, cast):
    with app.app_context(), writing() as session:
        return datasets.ensure(session, cast.ada.organization_id, "Hours", [NewColumn("code", "Code", "text")], NOW).id


def row(code, note=""):
    return NewRow(2, f'["{code}"]', f'{{"code":"{code}","note":"{note}"}}')


def notes(dataset):
    with reading() as session:
        query = select(DatasetRow.data).where(DatasetRow.dataset_id == dataset).order_by(DatasetRow.key)
        count = session.get_one(Dataset, dataset).row_count
        found = [data.split('"')[7] for data in session.scalars(query)]
        assert count == len(found)
        return found


def test_a_key_that_two_imports_bring_is_inserted_by_one_and_changed_by_the_other(beside, dataset):
    second = [row("A", "second"), row("B", "second")]
    with beside(lambda session: put(session, dataset, second, NOW, change=2)) as (session, found):
        put(session, dataset, [row("A", "first")], NOW, change=1)
    assert found == [Outcome(inserted=1, updated=1)]
    assert notes(dataset) == ["second", "second"]


def test_a_row_that_is_changed_while_an_import_is_undone_is_kept(beside, dataset):
    with writing() as session:
        put(session, dataset, [row("A", "first"), row("B", "first")], NOW, change=1)

    def undo(session):
        return take_back(session, dataset, 1, touched(session, 1, 0, 10), NOW).kept

    with beside(undo) as (session, found):
        put(session, dataset, [row("A", "second")], NOW, change=2)
    ((kept,),) = found
    assert isinstance(kept, Kept)
    assert (kept.name, kept.changed_in) == ("A", 2)
    assert notes(dataset) == ["second"]


def test_a_row_that_an_undo_removes_is_inserted_again_by_the_import_that_brings_it(beside, dataset):
    with writing() as session:
        put(session, dataset, [row("A", "first")], NOW, change=1)
    with beside(lambda session: put(session, dataset, [row("A", "second")], NOW, change=2)) as (session, found):
        take_back(session, dataset, 1, touched(session, 1, 0, 10), NOW)
    assert found == [Outcome(inserted=1)]
    assert notes(dataset) == ["second"]


def test_a_customer_whom_two_imports_bring_is_added_by_one_and_changed_by_the_other(beside, cast):
    customers = Importing("customers", cast.ada)
    changes = customers.started(), customers.started()
    names = [{"number": "C-1", "name": name, "discount": None} for name in ("Ropeworks", "Chandlery")]
    first, second = (customers.prepared([name]).rows for name in names)
    act = customers.target.put
    with beside(lambda session: act(session, second, "upsert", changes[1], NOW)) as (session, found):
        act(session, first, "upsert", changes[0], NOW)
    assert found == [Outcome(updated=1)]
    with reading() as session:
        assert customers.target.version(session) == 2


def test_of_two_decisions_about_one_header_the_later_one_is_remembered(beside, plan_of, book):
    template_id = template_of(plan_of(book([("A1", "Ada", 1)])))
    header = Header.of("Hours", 1, ["Code", "Weather"])

    def decide(session, field):
        mapping.remember(session, template_id, header, {"Weather": field}, NOW)

    with beside(lambda session: decide(session, None)) as (session, found):
        decide(session, "name")
    assert found == [None]
    with reading() as session:
        assert mapping.decided_in(mapping.remembered(session, template_id, header)) == {"Weather": None}


def test_of_two_templates_of_one_name_the_second_is_refused(beside, cast):
    def make(session):
        made = {"organization_id": cast.ada.organization_id, "created_by": cast.ada.id, "name": "Hours"}
        templates.create(session, **made, dataset="Hours", sheet=None, columns=[TemplateColumn("Code", "code")], at=NOW)

    with beside(make) as (session, found):
        make(session)
    assert [type(problem) for problem in found] == [TemplateNameTaken]


@pytest.fixture
def checked(plan_of, book, cast, app):
    """The id of an import that was checked, and awaits what is decided."""
    with app.app_context():
        path = book([("A1", "Ada", 1)])
        import_id = again(plan_of(path), cast.ada, path).import_id
        with writing() as session:
            record = session.get_one(Import, import_id)
            record.created_by = cast.ada.id
            checking.begin(session, import_id, target_of(record.template, record.version.columns))
            checking.get(session, import_id).finished_at = NOW
        return import_id


def confirm(session, import_id, mode="valid-rows"):
    return import_checked(session, session.get_one(Import, import_id), mode).id


def test_who_checks_again_what_somebody_imports_at_this_instant_is_refused(beside, checked):
    decided = [("code", "A1", "A2")]
    with beside(lambda session: check_again(session, session.get_one(Import, checked), decided, None)) as (s, found):
        confirm(s, checked)
    assert [type(problem) for problem in found] == [ImportStarted]
    with reading() as session:
        assert session.get_one(Import, checked).replacements == "[]"


def test_two_who_import_what_was_checked_start_one_import_in_the_way_of_the_first(beside, checked):
    with beside(lambda session: confirm(session, checked, "all-or-nothing")) as (session, found):
        first = confirm(session, checked)
    assert found == [first]
    with reading() as session:
        assert session.get_one(Import, checked).mode == "valid-rows"


def template_of(plan):
    with reading() as session:
        return session.get_one(Import, plan.import_id).template_id
