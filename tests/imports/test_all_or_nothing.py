"""All rows or none: what is imported, what is refused, and that a workbook is parsed once for it."""

from contextlib import contextmanager

import pytest

from tests.imports.plans import (
    again,
    counts,
    kept,
    names,
    plainly,
    reasons,
    record_of,
    rows,
    run_with_a_stop,
)  # fmt: skip
from webapp.db import writing
from webapp.imports import service
from webapp.imports.errors import DataChanged, NothingImported, TooManyRowsAtOnce
from webapp.imports.running import all_or_nothing, examining, phases

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]


def test_all_or_nothing_imports_all_rows_in_one_transaction(plan_of, tmp_path, hours_without_faults):
    plan = plan_of(hours_without_faults, keys=("Entry no",), mode="all-or-nothing")
    seen = []

    @contextmanager
    def watching(cursor, processed, total):
        with writing() as session:
            yield session
        seen.append(len(rows(plan)))

    assert service.run_import(plan, watching) == 1_200
    assert set(seen[:-1]) == {0}
    assert seen[-1] == 1_200
    assert counts(plan) == (1_200, 0, 0, 0)
    assert [phase.name for phase in phases.of(record_of(plan))] == ["checking", "validating", "writing"]
    assert [phase.rows for phase in phases.of(record_of(plan))] == [None, 1_200, 1_200]


def test_one_bad_row_leaves_nothing_in_the_mode_of_all_or_nothing(plan_of, small):
    plan = plan_of(small, mode="all-or-nothing")
    with pytest.raises(NothingImported, match=r"of 5 rows that were read, 1 cannot be taken"):
        service.run_import(plan, plainly)
    assert rows(plan) == []
    assert counts(plan) == (0, 0, 0, 1)
    assert [row for row, _ in kept(plan)] == [5]


def test_all_or_nothing_refuses_a_known_key_before_it_writes(plan_of, cast, book):
    first = plan_of(book([("A1", "Ada", 1)]))
    service.run_import(first, plainly)
    path = book([("A2", "Max", 2), ("A1", "Ada", 1)], "more")
    plan = again(first, cast.ada, path, mode="all-or-nothing", existing="insert")
    with pytest.raises(NothingImported):
        service.run_import(plan, plainly)
    assert names(plan) == ["Ada"]
    assert [(row, code) for row, code, _ in reasons(plan)] == [(3, "exists")]


def test_rows_that_may_not_be_written_any_more_are_checked_again(plan_of, cast, book):
    first = plan_of(book([("A1", "Ada", 1)]))
    service.run_import(first, plainly)
    plan = again(first, cast.ada, book([("A2", "Max", 2)], "more"), mode="all-or-nothing", existing="insert")
    other = again(first, cast.ada, book([("A2", "Otto", 3)], "other"))
    saved = {}

    @contextmanager
    def meddling(cursor, processed, total):
        if cursor.get("read"):
            service.run_import(other, plainly)
        with writing() as session:
            yield session
        saved.update(start=cursor, processed=processed)

    with pytest.raises(DataChanged):
        service.run_import(plan, meddling)
    assert names(plan) == ["Ada", "Otto"]
    with pytest.raises(NothingImported):
        service.run_import(plan, plainly, **saved)
    assert names(plan) == ["Ada", "Otto"]
    assert [(row, code) for row, code, _ in reasons(plan)] == [(2, "exists")]


@pytest.mark.parametrize("batches", [1, 2, 3, 4, 5])
def test_an_import_of_all_or_nothing_that_stops_anywhere_goes_on(plan_of, hours_without_faults, batches):
    plan = plan_of(hours_without_faults, keys=("Entry no",), mode="all-or-nothing")
    assert run_with_a_stop(plan, batches) == 1_200
    assert counts(plan) == (1_200, 0, 0, 0)
    assert len(rows(plan)) == 1_200


def test_all_or_nothing_takes_no_more_rows_than_it_says(plan_of, hours_without_faults, monkeypatch):
    monkeypatch.setattr(all_or_nothing, "MOST_ROWS", 1_000)
    plan = plan_of(hours_without_faults, keys=("Entry no",), mode="all-or-nothing")
    with pytest.raises(TooManyRowsAtOnce, match="may have 1,000 rows"):
        service.run_import(plan, plainly)
    assert rows(plan) == []


def test_a_workbook_that_is_read_twice_is_parsed_once(plan_of, hours_without_faults, monkeypatch):
    plan = plan_of(hours_without_faults, keys=("Entry no",), mode="all-or-nothing")
    with examining.examined(plan, keep=True) as examination:
        first = [(batch.batch, batch.rows) for batch in examination]
    assert plan.spool.is_there()
    plan.path.unlink()
    with examining.examined(plan) as examination:
        assert [(batch.batch, batch.rows) for batch in examination] == first
    with examining.examined(plan, after=700) as examination:
        assert next(iter(examination)).batch.numbers[0] == 701


def test_an_examination_that_stops_midway_keeps_no_rows(plan_of, hours):
    plan = plan_of(hours, keys=())
    with examining.examined(plan, keep=True) as examination:
        next(iter(examination))
        assert list(hours.parent.glob("*.part"))
    assert [path for path in hours.parent.iterdir() if path.is_file()] == [hours]
