"""Changes taken back: what they made goes, what they wrote is as before, what was written since stays (B15)."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, func, select, text

from webapp.datasets import service
from webapp.datasets.changes import NewRow, put, version_of
from webapp.datasets.models import DatasetRow, EarlierRow
from webapp.datasets.service import NewColumn
from webapp.datasets.taking_back import Kept, prospect, take_back, touched
from webapp.db import reading, writing

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 28, tzinfo=UTC)
COLUMNS = [NewColumn("code", "Code", "text"), NewColumn("hours", "Hours", "decimal")]
DUMPED = [
    DatasetRow.id, DatasetRow.key, DatasetRow.data, DatasetRow.created_at, DatasetRow.updated_at,
    DatasetRow.created_in, DatasetRow.changed_in,
]  # fmt: skip


class Shelf:
    """A dataset, and what a test does with it. Each change happens a minute after the one before."""

    def __init__(self, organization_id):
        with writing() as session:
            self.id = service.ensure(session, organization_id, "Shelf", COLUMNS, NOW).id
            session.execute(delete(EarlierRow))
            session.execute(delete(DatasetRow))
        self._clock = NOW

    def put(self, change, *rows, existing="upsert", size=2):
        """Puts (code, hours) under a change, as many in a batch as `size` says; a code of None has no key."""
        self._clock += timedelta(minutes=1)
        prepared = [
            NewRow(number, f'["{code}"]' if code else None, f'{{"code":"{code}","hours":{hours}}}')
            for number, (code, hours) in enumerate(rows, 2)
        ]
        for start in range(0, len(prepared), size):
            with writing() as session:
                batch = prepared[start : start + size]
                put(session, self.id, batch, self._clock, change=change, existing=existing)

    def take_back(self, change, size=2):
        """Takes a change back, batch by batch; answers how many rows were removed and restored, and those kept."""
        removed = restored = after = 0
        kept = []
        while True:
            with writing() as session:
                rows = touched(session, change, after, size)
                if not rows:
                    return removed, restored, kept
                taken = take_back(session, self.id, change, rows, self._clock)
            removed, restored, after = removed + taken.removed, restored + taken.restored, rows[-1]
            kept += taken.kept

    def dump(self):
        """Every row by its id, with everything that is known of it."""
        with reading() as session:
            query = select(*DUMPED).where(DatasetRow.dataset_id == self.id)
            return {row[0]: tuple(row[1:]) for row in session.execute(query)}

    def prospect(self, change):
        with reading() as session:
            return prospect(session, change)


@pytest.fixture
def shelf(app, cast):
    with app.app_context():
        yield Shelf(cast.ada.organization_id)


def test_rows_that_a_change_made_are_removed_and_rows_that_it_wrote_are_restored(shelf):
    shelf.put(1, ("A", 1), ("B", 1))
    before = shelf.dump()
    shelf.put(2, ("B", 2), ("C", 2), ("D", 2), ("B", 3))
    assert shelf.take_back(2) == (2, 1, [])
    assert shelf.dump() == before


def test_what_was_changed_since_is_kept_and_named(shelf):
    shelf.put(1, ("A", 1), ("B", 1))
    shelf.put(2, ("B", 2))
    assert shelf.prospect(1).removed == 1
    removed, restored, (kept,) = shelf.take_back(1)
    assert (removed, restored) == (1, 0)
    assert (kept.name, kept.changed_in) == ("B", 2)
    assert [key for key, *_ in shelf.dump().values()] == ['["B"]']


def test_a_row_that_no_import_wrote_since_is_kept_too(shelf):
    shelf.put(1, ("A", 1))
    shelf.put(None, ("A", 2))
    assert shelf.take_back(1) == (0, 0, [Kept(next(iter(shelf.dump())), "A", None)])


def test_rows_without_a_key_are_removed(shelf):
    shelf.put(1, (None, 1), (None, 2))
    before = shelf.dump()
    shelf.put(2, (None, 1), (None, 1), (None, 1))
    assert shelf.take_back(2) == (3, 0, [])
    assert shelf.dump() == before


def test_taking_back_twice_is_taking_back_once(shelf):
    shelf.put(1, ("A", 1))
    shelf.put(2, ("A", 2), ("B", 2))
    shelf.take_back(2)
    after = shelf.dump()
    assert shelf.take_back(2) == (0, 0, [])
    assert shelf.dump() == after


def test_the_version_of_the_data_grows_with_what_is_taken_back_and_only_then(shelf):
    shelf.put(1, ("A", 1))
    with reading() as session:
        before = version_of(session, shelf.id)
    shelf.take_back(1)
    shelf.take_back(1)
    with reading() as session:
        assert version_of(session, shelf.id) == before + 1


def test_what_a_change_did_is_foreseen_in_figures(shelf):
    shelf.put(1, ("A", 1), ("B", 1), ("C", 1))
    shelf.put(2, ("A", 2), ("B", 2), ("D", 2), ("E", 2))
    shelf.put(3, ("B", 3), ("E", 3))
    found = shelf.prospect(2)
    assert (found.removed, found.restored, found.kept) == (1, 1, 2)
    removed, restored, kept = shelf.take_back(2)
    assert (removed, restored, len(kept)) == (1, 1, 2)


def test_rows_of_a_change_are_found_without_looking_at_all_rows(shelf):
    with reading() as session:
        query = select(DatasetRow.id).where(DatasetRow.created_in == 1, DatasetRow.id > 0).order_by(DatasetRow.id)
        sql = str(query.compile(session.get_bind(), compile_kwargs={"literal_binds": True}))
        is_file = session.get_bind().dialect.name == "sqlite"
        session.execute(text("SELECT 1" if is_file else "SET LOCAL enable_seqscan = off"))  # for there are few rows
        plan = session.execute(text(f"EXPLAIN {'QUERY PLAN ' if is_file else ''}{sql}")).all()
    assert "dataset_rows_by_change" in str(plan)


codes = st.sampled_from(["A", "B", "C", "D", None])
rows = st.lists(st.tuples(codes, st.integers(1, 3)), max_size=6)
policies = st.sampled_from(["upsert", "update", "skip", "insert"])
imports = st.tuples(rows, policies)
quick = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@quick
@given(st.lists(imports, min_size=1, max_size=5))
def test_changes_taken_back_in_reverse_leave_what_was_before(app, cast, sequence):
    with app.app_context():
        shelf = Shelf(cast.ada.organization_id)
        dumps = []
        for change, (some, existing) in enumerate(sequence, 1):
            dumps.append(shelf.dump())
            shelf.put(change, *some, existing=existing)
        for change in range(len(sequence), 0, -1):
            shelf.take_back(change)
            assert shelf.dump() == dumps[change - 1]
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(EarlierRow)) == 0


@quick
@given(st.lists(st.one_of(imports, st.integers(1, 4)), max_size=9))
def test_changes_taken_back_in_any_order_touch_only_what_is_still_theirs(app, cast, sequence):
    with app.app_context():
        shelf, change, before = Shelf(cast.ada.organization_id), 0, {}
        for step in sequence:
            present = shelf.dump()
            if isinstance(step, int):
                shelf.take_back(step)
                assert shelf.dump() == _without(step, present, before)
                continue
            change += 1
            shelf.put(change, *step[0], existing=step[1])
            before[change] = present


def _without(change, present, before):
    """The rows when the change is taken back: those that it was the last to write are as they were before it."""
    mine = {row_id for row_id, row in present.items() if row[5] == change}
    was = before.get(change, {})
    return {
        row_id: was[row_id] if row_id in mine else row
        for row_id, row in present.items()
        if row_id not in mine - set(was)
    }
