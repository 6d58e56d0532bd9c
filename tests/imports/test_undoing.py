"""Undoing imports: as a service with lent transactions, and as a job that can be stopped anywhere (B15)."""

from contextlib import contextmanager
from functools import partial

import pytest
from sqlalchemy import select

from tests.imports.conftest import fields_of
from tests.sheets.workbooks import workbook
from webapp.datasets.models import DatasetRow
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.imports.after import jobs as undo_jobs
from webapp.imports.after import undoing
from webapp.imports.errors import AlreadyUndone, NothingToUndo, StillImporting
from webapp.imports.jobs import import_of
from webapp.imports.models import KeptRow
from webapp.jobs import ConcurrencyConflict, State

pytestmark = pytest.mark.every_database

KEYED = {"columns-2-type": "decimal", "columns-0-key": "y"}
HEADER = ("Code", "Name", "Hours")


class Stop(Exception):
    """The end of the world, in the middle of an undo."""


@pytest.fixture
def first(at_ada, imported, small):
    """The job of a first import of four rows, A1 to A5 without A4."""
    return imported(at_ada, small, name="Hours", **KEYED)[1]


@pytest.fixture
def second(first, at_ada, upload, run, tmp_path):
    """The job of a second import, which changes A1 and makes B1."""
    path = workbook(tmp_path / "hours-2.xlsx", [HEADER, ("A1", "Ada", 9), ("B1", "Bo", 1)])
    return run(upload(at_ada, path, template_id=1).location)


@pytest.fixture
def start(app, cast):
    """Starts the undoing of an import."""

    def start(job, key=None):
        with app.app_context():
            return undo_jobs.start(job, cast.ada.id, key)

    return start


@pytest.fixture
def undo(app, start):
    """Undoes an import, with the worker's part done at once: the job as it is then."""

    def undo(job):
        started = start(job)
        with app.app_context():
            assert kernel.run(started.id)
            return kernel.find(started.id)

    return undo


@pytest.fixture
def dump(app):
    """The rows of all datasets, with everything that is known of them."""

    def dump():
        with app.app_context(), reading() as session:
            return [
                (row.id, row.key, row.data, row.created_at, row.updated_at, row.created_in, row.changed_in)
                for row in session.scalars(select(DatasetRow).order_by(DatasetRow.id))
            ]

    return dump


@pytest.fixture
def record_of(app):
    def record_of(job):
        with app.app_context(), reading() as session:
            return import_of(session, job)

    return record_of


def test_an_import_undone_leaves_what_was_there_before(first, at_ada, upload, run, undo, dump, tmp_path):
    before = dump()
    path = workbook(tmp_path / "hours-2.xlsx", [HEADER, ("A1", "Ada", 9), ("B1", "Bo", 1)])
    job = undo(run(upload(at_ada, path, template_id=1).location))
    assert (job.state, job.outcome) == (State.COMPLETED, "Import undone: 1 removed, 1 restored.")
    assert dump() == before


def test_rows_changed_since_are_kept_and_named_with_the_reason(first, second, undo, record_of, app):
    job = undo(first)
    assert job.outcome == "Import undone: 3 removed. 1 row was changed since, and kept."
    record = record_of(first)
    assert (record.removed, record.restored, record.kept) == (3, 0, 1)
    assert record.undone_at is not None
    with app.app_context(), reading() as session:
        (kept,) = session.scalars(select(KeptRow))
    at = record_of(second).created_at
    assert (kept.name, kept.reason) == ("A1", f"Changed by the import of hours-2.xlsx on {at.day} {at:%B %Y}.")


def test_an_import_is_undone_once(first, undo, start):
    undo(first)
    with pytest.raises(AlreadyUndone, match="has been undone already"):
        start(first)


def test_an_undo_that_is_under_way_is_not_started_again(first, start):
    start(first)
    with pytest.raises(ConcurrencyConflict):
        start(first)


def test_equal_submits_make_one_undo(first, start):
    assert start(first, "key").id == start(first, "key").id


def test_an_import_that_still_runs_is_not_undone(at_ada, upload, start, small, app):
    proposal = upload(at_ada, small).location
    address = at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text)).location
    with app.app_context():
        job = kernel.find(address.rsplit("/", 1)[1])
    with pytest.raises(StillImporting):
        start(job)


def test_an_import_that_changed_nothing_has_nothing_to_undo(first, at_ada, upload, run, start, small):
    job = run(upload(at_ada, small, template_id=1).location)
    with pytest.raises(NothingToUndo):
        start(job)


def test_an_import_that_is_being_undone_does_not_go_on(at_ada, first, upload, run, small, app):
    address = upload(at_ada, small, template_id=1).location
    with app.app_context(), writing() as session:
        import_of(session, kernel.find(address.rsplit("/", 1)[1])).undone_by = 1
    job = run(address)
    assert (job.state, "was undone, so it does not go on" in job.error_message) == (State.DISCARDED, True)


@contextmanager
def lent(_cursor, _processed, spoil=False):
    """A transaction as the job would lend it."""
    with writing() as session:
        yield session
        if spoil:
            raise Stop


@pytest.mark.parametrize(("size", "end"), [(1, 0), (1, 2), (1, 4), (3, 1)])
def test_an_undo_that_stops_anywhere_goes_on_to_the_same_end(
    first, second, record_of, app, dump, monkeypatch, size, end
):
    monkeypatch.setattr(undoing, "BATCH_ROWS", size)
    record, places = record_of(first), []

    def stopping(cursor, processed):
        places.append((cursor, processed))
        return lent(cursor, processed, spoil=len(places) > end)

    with app.app_context():
        undo = partial(undoing.undo, record.id, undoing.target_for(record), reading)
        try:
            undo(stopping)
        except Stop:
            places.pop()
        undo(lent, *(places[-1] if places else ()))
    after = record_of(first)
    assert (after.removed, after.restored, after.kept) == (3, 0, 1)
    assert [key for _, key, *_ in dump()] == ['["A1"]', '["B1"]']


def test_an_undo_begun_again_from_its_beginning_counts_nothing_twice(first, second, record_of, app):
    record = record_of(first)
    with app.app_context():
        for _ in range(2):
            undoing.undo(record.id, undoing.target_for(record), reading, lent)
    after = record_of(first)
    assert (after.removed, after.restored, after.kept) == (3, 0, 1)


def test_an_undo_gone_on_with_takes_back_what_is_free_by_then(first, second, undo, record_of, app):
    record = record_of(first)
    with app.app_context():
        undoing.undo(record.id, undoing.target_for(record), reading, lent)
        undo(second)
        undoing.undo(record.id, undoing.target_for(record), reading, lent)
        with reading() as session:
            assert session.scalars(select(KeptRow)).all() == []
    assert (record_of(first).removed, record_of(first).kept) == (4, 0)


def test_a_cancelled_undo_says_where_it_stopped_and_can_be_gone_on_with(first, start, undo, record_of, app):
    stopped = start(first)
    with app.app_context():
        kernel.cancel(stopped.id)
    assert record_of(first).undone_at is None
    assert undo(first).outcome == "Import undone: 4 removed."
