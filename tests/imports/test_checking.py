"""Checking first: what a workbook would do is seen row by row, and nothing is written until it is confirmed."""

import re

import pytest
from sqlalchemy import select, update

from tests.imports.checks import figures, groups, import_id_of, rows_of, work
from tests.sheets.workbooks import workbook
from webapp.datasets.changes import NewRow, put
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.imports.checks.jobs import start_check
from webapp.imports.models import Import, TemplateVersion
from webapp.imports.templates import removal
from webapp.jobs import State
from webapp.jobs.testing import Fault, prove

pytestmark = pytest.mark.every_database

HEADER = ("Code", "Name", "Hours")
LOSSES = (Fault.KILLED_BEFORE, Fault.KILLED_AFTER)


@pytest.fixture
def book(tmp_path):
    """Makes a workbook of these rows."""

    def book(*rows, name="next.xlsx"):
        return workbook(tmp_path / name, [HEADER, *rows], sheet="Hours")

    return book


def test_a_check_says_what_an_import_would_do_and_writes_nothing(app, at_ada, checked, book):
    before = None
    address = checked(book(("A1", "Ada", 1), ("A2", "Max", 9), ("A9", "New", 2), ("A3", "Mia", "x")))
    before = rows_of(app)
    assert figures(app, address) == {"new": 1, "changed": 1, "unchanged": 1, "rejected": 1}
    page = at_ada.get(address).text
    assert "<del>2.5</del>" in page
    assert "<ins>9</ins>" in page
    assert "Import 3 rows" in page
    assert rows_of(app) == before
    assert len(before) == 4


def test_what_was_checked_is_what_the_import_then_does(app, at_ada, checked, book, run):
    address = checked(book(("A1", "Ada", 1), ("A2", "Max", 9), ("A9", "New", 2), ("A3", "Mia", "x")))
    answer = at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    assert answer.status_code == 303
    job = run(answer.location)
    assert job.outcome == "3 of 4 rows imported: 1 new, 1 updated, 1 unchanged. 1 was rejected."
    assert "See the import" in at_ada.get(address).text


def test_a_workbook_with_more_rejected_rows_than_its_template_allows_is_not_offered_for_import(
    app, at_ada, checked, book
):
    address = checked(book(("A1", "Ada", 1), ("B1", "Max", "x"), ("B2", "Mia", "y")))
    assert "Import 1 row" in at_ada.get(address).text
    with app.app_context(), writing() as session:
        session.execute(update(TemplateVersion).values(most_rejected=1))
    page = at_ada.get(address).text
    assert "its template allows 1 rejected row, and 2 would be." in page
    assert "Import 1 row" not in page


def test_confirming_twice_makes_one_import(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2)))
    confirmation = f"/imports/{import_id_of(address)}/confirmation"
    first, second = (at_ada.submit(confirmation, address, mode="valid-rows") for _ in range(2))
    assert first.location == second.location


def test_what_is_still_being_checked_is_not_imported(app, at_ada, checked, book):
    address = checked(book(("B3", "Mia", "one")))
    (group,) = groups(app, address)
    assert at_ada.submit(address, **{f"action-{group.id}": "blank"}).status_code == 303
    answer = at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    assert answer.status_code == 409
    assert "is not over" in answer.text


def test_what_was_confirmed_is_not_decided_anew(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2), ("B3", "Mia", "one")))
    (group,) = groups(app, address)
    at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    answer = at_ada.submit(address, **{f"action-{group.id}": "blank"})
    assert answer.status_code == 409
    assert "has been started" in answer.text
    with app.app_context(), reading() as session:
        assert session.get_one(Import, import_id_of(address)).replacements == "[]"


def test_checks_of_one_import_come_one_after_the_other(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2)))
    with app.app_context(), writing() as session:
        record = session.get_one(Import, import_id_of(address))
        first, second = start_check(session, record), start_check(session, record)
    with app.app_context():
        kernel.run(second.id)
        assert kernel.find(second.id).state == State.BLOCKED
        assert kernel.run(first.id)


def test_a_value_is_treated_as_blank_or_replaced_and_then_the_check_counts_its_rows(app, at_ada, checked, book):
    rows = [("B1", "Ada", "n/a"), ("B2", "Max", "n/a"), ("B3", "Mia", "one")]
    address = checked(book(*rows))
    assert figures(app, address) == {"rejected": 3}
    blank, one = groups(app, address)
    assert (blank.value, blank.count, one.value, one.count) == ("n/a", 2, "one", 1)
    actions = {f"action-{blank.id}": "blank", f"action-{one.id}": "instead", f"instead-{one.id}": "1"}
    assert at_ada.submit(address, **actions).status_code == 303
    work(app, address)
    assert figures(app, address) == {"new": 3}
    assert rows_of(app) == [row for row in rows_of(app) if not row[0].startswith('["B')]


def test_the_page_of_an_import_tells_what_was_decided_at_its_check(app, at_ada, checked, book, run):
    address = checked(book(("B1", "Ada", "n/a"), ("B3", "Mia", "one")))
    blank, one = groups(app, address)
    actions = {f"action-{blank.id}": "blank", f"action-{one.id}": "instead", f"instead-{one.id}": "1"}
    at_ada.submit(address, **actions)
    work(app, address)
    answer = at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    run(answer.location)
    told = "“n/a” in Hours counts as blank; “one” in Hours counts as “1”."
    assert told in at_ada.get(answer.location).text


def test_a_replacement_needs_a_text(app, at_ada, checked, book):
    address = checked(book(("B3", "Mia", "one")))
    (group,) = groups(app, address)
    answer = at_ada.submit(address, **{f"action-{group.id}": "instead", f"instead-{group.id}": " "})
    assert answer.status_code == 422
    assert "Say what to take instead of “one” in Hours." in answer.text


def test_a_refused_decision_is_kept_as_it_was_typed_and_leads_to_what_it_lacks(app, at_ada, checked, book):
    address = checked(book(("B1", "Ada", "n/a"), ("B2", "Max", "one"), ("B3", "Mia", "two")))
    of = {group.value: group.id for group in groups(app, address)}
    actions = {f"action-{of['n/a']}": "blank", f"action-{of['one']}": "instead", f"action-{of['two']}": "instead"}
    answer = at_ada.submit(address, **actions, **{f"instead-{of['one']}": "1", f"instead-{of['two']}": " "})
    assert answer.status_code == 422
    assert re.findall(r'<option value="(\w+)" selected>', answer.text) == ["blank", "instead", "instead"]
    assert re.search(rf'id="instead-{of["one"]}"[^>]* value="1">', answer.text)
    assert f'<a href="#instead-{of["two"]}">Say what to take instead of “two” in Hours.</a>' in answer.text
    assert re.search(rf'id="instead-{of["two"]}"[^>]* aria-invalid="true"', answer.text)


def test_data_that_changed_since_the_check_asks_for_another(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2)))
    with app.app_context(), writing() as session:
        put(session, 1, [NewRow(2, '["A9"]', '{"code":"A9","name":"Meanwhile","hours":1}')], db_now(session))
    assert "The data has changed since this check" in at_ada.get(address).text
    answer = at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    assert answer.status_code == 409
    assert at_ada.submit(address).status_code == 303
    work(app, address)
    assert figures(app, address) == {"changed": 1}


def test_a_file_that_is_not_the_one_that_was_checked_is_not_imported(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2)))
    (stored,) = [path for path in (app.config["INSTANCE_DIR"] / "uploads").iterdir() if not path.suffix]
    stored.write_bytes(stored.read_bytes() + b" ")
    answer = at_ada.submit(f"/imports/{import_id_of(address)}/confirmation", address, mode="valid-rows")
    assert answer.status_code == 422
    assert "is not the one that was uploaded" in answer.text
    assert len(rows_of(app)) == 4


def test_a_check_that_stops_after_any_batch_counts_every_row_once(app, checked, book):
    rows = [(f"C{number:04}", "Ada", "x" if number % 7 == 0 else number) for number in range(1_200)]
    address = checked(book(*rows))
    with app.app_context():

        def found(_job):
            return figures(app, address), problems(app, address)

        def again():
            with writing() as session:
                return start_check(session, session.get_one(Import, import_id_of(address)))

        prove(kernel, again, effects=found, faults=LOSSES)
    assert figures(app, address) == {"new": 1_028, "rejected": 172}
    assert problems(app, address) == [("x", 172)]


def test_a_check_whose_template_was_deleted_leads_to_no_import(app, at_ada, checked, book):
    address = checked(book(("A9", "New", 2)))
    with app.app_context(), writing() as session:
        removal.remove(session, session.get_one(Import, import_id_of(address)).template, db_now(session))
    for where in (address, f"/imports/{import_id_of(address)}/confirmation"):
        answer = at_ada.submit(where, address, mode="valid-rows")
        assert answer.status_code in (409, 422)
        assert "was deleted meanwhile" in answer.text
    assert len(rows_of(app)) == 4


def test_another_house_sees_no_check(app, checked, book, cast, sign_in):
    address = checked(book(("A9", "New", 2)))
    otto = sign_in(app.test_client(), cast.otto)
    assert otto.get(address).status_code == 404


def problems(app, address):
    return [(group.value, group.count) for group in groups(app, address)]


def db_now(session):
    return session.scalars(select(TemplateVersion.created_at)).first()
