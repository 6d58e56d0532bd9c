"""What was decided about values of one workbook is kept in its template, and the next workbook needs no decision."""

import json

import pytest

from tests.imports.checks import figures, groups, import_id_of, work
from tests.imports.conftest import HEADER
from tests.sheets.workbooks import workbook
from webapp.db import reading, writing
from webapp.imports.models import Import, ImportTemplate, TemplateVersion
from webapp.imports.templates import keeping
from webapp.imports.templates import service as templates
from webapp.imports.templates.keeping import GONE, KEPT, OPEN, UNWRITABLE, decisions_of

ROWS = [("B1", "Ada", "n/a"), ("B2", "Max", "N/A"), ("B3", "Mia", "one")]


@pytest.fixture
def odd(tmp_path):
    """Three rows whose hours are no numbers."""
    return workbook(tmp_path / "odd.xlsx", [HEADER, *ROWS], sheet="Hours")


@pytest.fixture
def decided(app, at_ada, checked, odd):
    """The page of a check in which “n/a” was treated as a blank, and “one” taken as 1."""
    address = checked(odd)
    instead = {"n/a": None, "N/A": None, "one": "1"}
    fields = {}
    for group in groups(app, address):
        fields |= {f"action-{group.id}": "blank" if instead[group.value] is None else "instead"}
        fields |= {f"instead-{group.id}": instead[group.value] or ""}
    assert at_ada.submit(address, **fields).status_code == 303
    work(app, address)
    return address


def keep(client, address, *replacements):
    where = address.replace("/check", "/decisions")
    return client.submit(where, address, keep=[json.dumps(each) for each in replacements])


def columns_of(app, number=None):
    """The replacements of each field, in the latest version of the first template or in that of this number."""
    with app.app_context(), reading() as session:
        template = session.get_one(ImportTemplate, 1)
        version = template.version if number is None else template.versions[number - 1]
        return {column.field: list(column.replacements) for column in version.columns if column.replacements}


def states(app, address):
    with app.app_context(), reading() as session:
        return [each.state for each in decisions_of(session.get_one(Import, import_id_of(address)))]


def set_columns(app, change):
    """Changes the columns of the latest version of the first template, as an edit would."""
    with app.app_context(), writing() as session:
        version = session.get_one(ImportTemplate, 1).version
        stored = json.loads(version.stored_columns)
        session.get_one(TemplateVersion, version.id).stored_columns = json.dumps(change(stored))


class TestThePage:
    def test_it_says_what_was_decided_and_offers_to_keep_it(self, at_ada, decided):
        page = at_ada.get(decided).text
        assert "What was decided" in page
        assert "Keep in the template" in page
        assert "one in Hours is taken as 1" in page

    def test_what_is_kept_makes_a_version_and_is_said(self, app, at_ada, decided):
        answer = keep(at_ada, decided, ["hours", "n/a", None], ["hours", "one", "1"])
        assert (answer.status_code, answer.location) == (303, decided)
        page = at_ada.get(decided).text
        assert "Version 2 of small is saved: the next workbook needs no such decision." in page
        assert "Keep in the template" not in page
        assert columns_of(app) == {"hours": [("n/a", None), ("one", "1")]}
        assert columns_of(app, number=1) == {}

    def test_the_next_workbook_needs_no_decision(self, app, at_ada, checked, decided, tmp_path):
        keep(at_ada, decided, ["hours", "n/a", None], ["hours", "one", "1"])
        following = checked(workbook(tmp_path / "more.xlsx", [HEADER, ("C1", "Ida", "n/a"), ("C2", "Leo", "ONE")]))
        assert figures(app, following) == {"new": 2}

    def test_only_what_is_ticked_is_kept(self, app, at_ada, decided):
        assert keep(at_ada, decided, ["hours", "one", "1"]).status_code == 303
        assert columns_of(app) == {"hours": [("one", "1")]}
        assert set(states(app, decided)) == {KEPT, OPEN}

    def test_the_import_goes_on_by_the_version_that_was_checked(self, app, at_ada, decided, run):
        keep(at_ada, decided, ["hours", "n/a", None])
        answer = at_ada.submit(decided.replace("/check", "/confirmation"), decided, mode="valid-rows")
        assert run(answer.location).outcome == "3 rows imported: 3 new."
        assert keep(at_ada, decided, ["hours", "one", "1"]).status_code == 303

    @pytest.mark.parametrize("ticked", [(), (["hours", "n/a", "7"],), (["name", "Ada", None],)])
    def test_what_nobody_decided_is_not_kept(self, app, at_ada, decided, ticked):
        answer = keep(at_ada, decided, *ticked)
        assert answer.status_code == 422
        assert "Choose at least one decision to keep" in answer.text
        assert columns_of(app) == {}

    @pytest.mark.parametrize("sent", ["nothing", '["hours"]', '{"hours": null}', "[1, 2, 3]"])
    def test_what_is_no_decision_at_all_is_a_bad_request(self, at_ada, decided, sent):
        assert at_ada.submit(decided.replace("/check", "/decisions"), decided, keep=sent).status_code == 400

    def test_another_organization_finds_nothing_to_keep(self, app, cast, sign_in, decided):
        otto = sign_in(app.test_client(), cast.otto)
        answer = otto.submit(decided.replace("/check", "/decisions"), "/datasets", keep='["hours", "n/a", null]')
        assert answer.status_code == 404

    def test_a_deleted_template_keeps_nothing_and_nothing_is_offered(self, app, at_ada, decided):
        with app.app_context(), writing() as session:
            template = session.get_one(ImportTemplate, 1)
            template.deleted_at = template.created_at
        assert "Keep in the template" not in at_ada.get(decided).text
        assert keep(at_ada, decided, ["hours", "n/a", None]).status_code == 404


class TestTheTemplateAsItIsNow:
    def test_a_column_that_is_gone_is_named_so(self, app, at_ada, decided):
        set_columns(app, lambda columns: columns[:2])
        assert set(states(app, decided)) == {GONE}
        assert "It has no such column any more" in at_ada.get(decided).text

    def test_a_decision_stands_in_place_of_what_was_said_of_the_same_text(self, app, at_ada, decided):
        set_columns(app, lambda columns: [*columns[:2], columns[2] | {"replacements": [["N/A ", "7"], ["two", "2"]]}])
        keep(at_ada, decided, ["hours", "n/a", None])
        assert columns_of(app) == {"hours": [("two", "2"), ("n/a", None)]}

    def test_what_does_not_fit_its_column_any_more_is_refused_with_the_reason(self, app, at_ada, decided):
        set_columns(app, lambda columns: [*columns[:2], columns[2] | {"type": "date"}])
        answer = keep(at_ada, decided, ["hours", "one", "1"])
        assert answer.status_code == 422
        assert "The template cannot keep this as it is now. The replacement of “one” does not fit" in answer.text


@pytest.mark.parametrize(
    ("replacement", "state"),
    [
        (("name", "a = b", None), OPEN),
        (("name", "two\nlines", "one"), OPEN),
        (("name", "a", "b = c"), UNWRITABLE),
        (("name", "a", "Blank"), UNWRITABLE),
    ],
)
def test_what_no_line_of_the_editor_can_say_cannot_be_kept(app, cast, imported, at_ada, small, replacement, state):
    imported(at_ada, small)
    with app.app_context(), writing() as session:
        record = session.get_one(Import, 1)
        record.replacements = json.dumps([replacement])
        assert [each.state for each in decisions_of(record)] == [state]
        if state == OPEN:
            keeping.keep(session, record, [replacement], kept_by=cast.ada.id, at=record.created_at)
            template = templates.find(session, cast.ada.organization_id, 1)
            assert template.columns[1].replacements == ((" ".join(replacement[1].split()), replacement[2]),)
