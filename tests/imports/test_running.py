"""What becomes of rows in every mode and by every policy, with nothing but the service."""

import pytest

from tests.imports.plans import (
    again,
    counts,
    everything,
    groups,
    kept,
    names,
    plainly,
    reasons,
    record_of,
    rejected,
    rows,
    run_with_a_stop,
)  # fmt: skip
from webapp.db import writing
from webapp.imports import service
from webapp.imports.errors import NothingImported, TooManyRejected
from webapp.imports.models import Import
from webapp.imports.running import examining, rejections
from webapp.imports.targets.target import DatasetTarget

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]

HEADER = ("Code", "Name", "Hours")
TWICE = [("A1", "Ada", 1), ("A2", "Max", 2), ("A1", "Ada again", 3), ("A3", "Mia", 4), ("A1", "Ada at last", 5)]


@pytest.mark.parametrize("existing", ["upsert", "insert", "skip"])
@pytest.mark.parametrize("batch_rows", [1, 500])
def test_of_a_key_that_comes_twice_the_last_row_counts(plan_of, book, existing, batch_rows, monkeypatch):
    monkeypatch.setattr(examining, "BATCH_ROWS", batch_rows)
    plan = plan_of(book(TWICE), existing=existing)
    assert service.run_import(plan, plainly) == 5
    assert names(plan) == ["Ada at last", "Max", "Mia"]
    assert counts(plan) == (3, 2, 0, 0)
    assert record_of(plan).repeated == 2


def test_of_a_key_that_comes_twice_the_first_row_counts_where_the_template_says_so(plan_of, book):
    plan = plan_of(book(TWICE), repeated="first")
    service.run_import(plan, plainly)
    assert names(plan) == ["Ada", "Max", "Mia"]
    assert counts(plan) == (3, 0, 0, 0)
    assert (record_of(plan).skipped, record_of(plan).repeated) == (2, 2)


def test_all_or_nothing_counts_every_row_of_a_repeated_key_once(plan_of, book):
    plan = plan_of(book(TWICE), mode="all-or-nothing", repeated="first")
    assert service.run_import(plan, plainly) == 5
    assert names(plan) == ["Ada", "Max", "Mia"]
    assert (counts(plan), record_of(plan).skipped, record_of(plan).repeated) == ((3, 0, 0, 0), 2, 2)


def test_a_key_that_comes_twice_is_rejected_with_the_number_of_both_rows(plan_of, book):
    plan = plan_of(book(TWICE), repeated="reject")
    service.run_import(plan, plainly)
    assert names(plan) == ["Ada", "Max", "Mia"]
    assert reasons(plan) == [(row, "repeated", "the key is already in row 2") for row in (4, 6)]
    assert groups(plan) == [("code", "repeated", "A1", 2, 4)]
    assert kept(plan) == [(4, ["A1", "Ada again", 3]), (6, ["A1", "Ada at last", 5])]


@pytest.mark.parametrize("repeated", ["first", "last", "reject"])
def test_an_import_that_stops_anywhere_knows_the_keys_of_the_rows_before(plan_of, hours, repeated):
    policy = {"keys": ("Employee no",), "repeated": repeated}
    undisturbed = plan_of(hours, name="Undisturbed", **policy)
    service.run_import(undisturbed, plainly)
    for batches in (1, 4):
        plan = plan_of(hours, name=f"Stopped after {batches}", **policy)
        run_with_a_stop(plan, batches)
        assert everything(plan) == everything(undisturbed)


@pytest.mark.parametrize(
    ("existing", "expected", "code"),
    [("upsert", (1, 1, 0, 0), None), ("insert", (1, 0, 0, 1), "exists"), ("update", (0, 1, 0, 1), "absent"),
     ("skip", (1, 0, 0, 0), None)],
)  # fmt: skip
def test_what_happens_to_a_known_key_is_what_the_template_says(plan_of, cast, book, existing, expected, code):
    first = plan_of(book([("A1", "Ada", 1)]))
    service.run_import(first, plainly)
    path = book([("A1", "Ada Lovell", 1), ("A2", "Max", 2)], "more")
    plan = again(first, cast.ada, path, existing=existing)
    service.run_import(plan, plainly)
    assert counts(plan) == expected
    assert [found for _, found, _ in reasons(plan)] == ([code] if code else [])
    assert len(kept(plan)) == expected[3]


def test_a_reject_ceiling_stops_the_import_and_keeps_what_was_imported(plan_of, hours, monkeypatch):
    monkeypatch.setattr(examining, "BATCH_ROWS", 100)
    plan = plan_of(hours, keys=("Entry no",), most_rejected=4)
    with pytest.raises(TooManyRejected, match="More than 4 rows were rejected"):
        service.run_import(plan, plainly)
    assert counts(plan) == (495, 0, 0, 5)
    assert len(kept(plan)) == len(rejected(plan)) == 5
    assert record_of(plan).finished_at is not None


def test_values_beyond_a_ceiling_share_a_group_and_are_counted(plan_of, book, monkeypatch):
    monkeypatch.setattr(rejections, "VALUES_KEPT", 2)
    monkeypatch.setattr(examining, "BATCH_ROWS", 2)
    wrong = [(f"A{n}", "Ada", text) for n, text in enumerate(["x", "y", "x", "z", "q", "y", "z"])]
    plan = plan_of(book([*wrong, ("A9", "Max", 1)]))
    service.run_import(plan, plainly)
    found = [("hours", "wrong_type", "x", 2, 2), ("hours", "wrong_type", "y", 2, 3)]
    assert groups(plan) == [*found, ("hours", "wrong_type", "other values", 3, 5)]


def test_what_an_import_replaces_is_replaced_before_it_is_read(plan_of, cast, book):
    path = book([("A1", "Ada", "n/a"), ("A2", "Max", "two")])
    plan = plan_of(path)
    service.run_import(plan, plainly)
    assert counts(plan) == (0, 0, 0, 2)
    plan = again(plan, cast.ada, path, replacements='[["hours", "n/a", null], ["hours", "two", "2"]]')
    service.run_import(plan, plainly)
    assert counts(plan) == (2, 0, 0, 0)


def test_a_unique_value_that_comes_twice_is_rejected_but_for_rows_of_the_same_key(plan_of, cast, book):
    people = [("A1", "Ada", 1), ("A2", "Ada", 2), ("A1", "Ada", 3), ("A3", None, 4), ("A4", None, 5)]
    plan = plan_of(book(people), unique=("Name",))
    service.run_import(plan, plainly)
    assert reasons(plan) == [(3, "unique", "must be unique, and is already in row 2")]
    assert groups(plan) == [("name", "unique", "Ada", 1, 3)]
    path = book([("A9", "Ada", 1), ("A1", "Ada", 9), ("A2", "Max", 2), ("A3", "Max", 3)], "more")
    plan = again(plan, cast.ada, path)
    service.run_import(plan, plainly)
    found = [
        (2, "must be unique, and is already in a row that is there"),
        (5, "must be unique, and is already in row 4"),
    ]
    assert [(row, reason) for row, _, reason in reasons(plan)] == found


def test_an_import_that_stops_anywhere_judges_unique_values_alike(plan_of, cast, book, monkeypatch):
    monkeypatch.setattr(examining, "BATCH_ROWS", 1)
    before, more = book([("A1", "Ada", 1), ("A2", "Max", 2)]), [("A1", "Mia", 1), ("A3", "Ada", 3), ("A2", "Max", 4)]
    left = []
    for stop in (None, 1, 2, 3):
        first = plan_of(before, name=f"Stopped after {stop}", unique=("Name",))
        service.run_import(first, plainly)
        plan = again(first, cast.ada, book(more, f"more-{stop}"))
        service.run_import(plan, plainly) if stop is None else run_with_a_stop(plan, stop)
        left.append(everything(plan))
    assert left[0][4] == [(3, "unique", "must be unique, and is already in a row that is there")]
    assert left[1:] == [left[0]] * 3


class Poisonous(DatasetTarget):
    """A dataset that stumbles over a name, when rows are made ready or when they are put."""

    def __init__(self, target, stumble_in):
        vars(self).update(vars(target))
        self.stumble_in = stumble_in

    def prepare(self, session, rows, absent=()):
        prepared = super().prepare(session, rows, absent)
        self.stumble("prepare", prepared.rows)
        return prepared

    def put(self, session, rows, *rest):
        outcome = super().put(session, rows, *rest)
        self.stumble("put", rows)
        return outcome

    def stumble(self, place, rows):
        if place == self.stumble_in and any("Poison" in row.data for row in rows):
            raise ZeroDivisionError("Poison")


def poisoned(plan, stumble_in):
    return type(plan)(**vars(plan) | {"target": Poisonous(plan.target, stumble_in)})


@pytest.mark.parametrize("stumble_in", ["prepare", "put"])
def test_a_row_that_breaks_the_import_is_rejected_alone(plan_of, book, stumble_in, caplog):
    people = [(f"A{n}", "Poison" if n in (3, 7) else "Ada", n) for n in range(10)]
    plan = poisoned(plan_of(book(people)), stumble_in)
    assert service.run_import(plan, plainly) == 10
    assert counts(plan) == (8, 0, 0, 2)
    assert [(row, code) for row, code, _ in reasons(plan)] == [(5, "poison"), (9, "poison")]
    assert [row for row, _ in kept(plan)] == [5, 9]
    assert "row 5 of import" in caplog.text
    assert "Poison" not in caplog.text.replace("is poison", "")


@pytest.mark.parametrize("stumble_in", ["prepare", "put"])
def test_one_row_that_breaks_an_import_of_all_or_nothing_leaves_nothing(plan_of, book, stumble_in):
    people = [(f"A{n}", "Poison" if n == 3 else "Ada", n) for n in range(10)]
    plan = poisoned(plan_of(book(people), mode="all-or-nothing"), stumble_in)
    with pytest.raises(NothingImported):
        service.run_import(plan, plainly)
    assert rows(plan) == []
    assert [(row, code) for row, code, _ in reasons(plan)] == [(5, "poison")]


@pytest.mark.parametrize("kept", [None, '{"rows": "many"}', "{"])
def test_what_was_counted_in_the_sheet_is_counted_again_where_it_cannot_be_read(plan_of, book, kept):
    plan = plan_of(book(TWICE))
    with writing() as session:
        record = session.get_one(Import, plan.import_id)
        record.facts = kept
        plan = service.plan_for(record, plan.path)
    assert plan.known is None
    assert service.run_import(plan, plainly) == 5


def test_a_character_that_no_text_may_hold_is_a_problem_of_its_cell_on_every_database(plan_of, tmp_path):
    path = tmp_path / "hours.csv"
    good = "".join(f"A{number},Ada,{number}\n" for number in range(1_000))
    path.write_text(f"Code,Name,Hours\n{good}B1,A\0da,1\nB2,Max,1\0\n")
    plan = plan_of(path)
    assert service.run_import(plan, plainly) == 1_002
    assert [(row, code) for row, code, _ in reasons(plan)] == [(1_002, "unprintable"), (1_003, "wrong_type")]
    assert kept(plan) == [(1_002, ["B1", "A\0da", "1"]), (1_003, ["B2", "Max", "1\0"])]
