"""Columns of a workbook matched with those of a template, once for each kind of header (B13, B21, B22)."""

from datetime import UTC, datetime

import pytest

from webapp.db import reading, writing
from webapp.imports.mapping import service as mapping
from webapp.imports.templates import service as templates
from webapp.imports.templates.columns import TemplateColumn
from webapp.sheets import Header

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COLUMNS = [
    TemplateColumn("Entry no", "entry_no", key=True, required=True),
    TemplateColumn("Hours", "hours", "decimal", aliases=("Std.",)),
    TemplateColumn("Note", "note"),
]


def header(*names):
    return Header.of("Hours", 1, names)


def hows(proposal):
    return {use.label: (use.how, use.field) for use in proposal.uses}


def test_a_header_that_is_known_leaves_nothing_to_ask():
    proposal = mapping.propose(COLUMNS, header("entry_no", "STD.", "Note"))
    assert proposal.is_clear
    assert proposal.speaks_for_itself


def test_a_column_that_the_template_does_not_know_is_asked_about():
    proposal = mapping.propose(COLUMNS, header("Entry no", "Hours", "Note", "Weather"))
    assert not proposal.is_clear
    assert hows(proposal)["Weather"] == ("unmatched", None)


def test_a_guess_is_asked_about():
    proposal = mapping.propose(COLUMNS, header("Entry no.", "Hours"))
    assert not proposal.is_clear
    assert hows(proposal)["Entry no."] == ("guessed", "entry_no")
    assert proposal.lacking == []


def test_a_column_that_every_row_needs_is_named():
    proposal = mapping.propose(COLUMNS, header("Hours", "Note"))
    assert not proposal.is_clear
    assert [column.header for column in proposal.lacking] == ["Entry no"]


def test_one_name_over_two_columns_is_left_open():
    proposal = mapping.propose(COLUMNS, header("Entry no", "Note", "Note"))
    assert not proposal.is_clear
    assert [use.how for use in proposal.uses] == ["matched", "repeated", "repeated"]


def test_what_was_decided_leaves_nothing_to_ask():
    decided = {"No": "entry_no", "Hours": "hours", "Weather": None}
    proposal = mapping.propose(COLUMNS, header("No", "Hours", "Weather"), decided)
    assert proposal.is_clear
    assert not proposal.speaks_for_itself
    assert proposal.mapping == decided


def test_what_was_decided_about_a_field_that_is_gone_is_asked_again():
    proposal = mapping.propose(COLUMNS, header("Entry no", "Weather"), {"Entry no": "entry_no", "Weather": "weather"})
    assert hows(proposal) == {"Entry no": ("matched", "entry_no"), "Weather": ("unmatched", None)}


def test_a_column_left_out_before_is_taken_once_the_template_has_it():
    proposal = mapping.propose(COLUMNS, header("Entry no", "Note"), {"Entry no": "entry_no", "Note": None})
    assert hows(proposal)["Note"] == ("matched", "note")


def test_the_fingerprint_knows_names_and_their_order_only():
    assert mapping.fingerprint(header("Entry no", "Hours")) == mapping.fingerprint(header("ENTRY_NO ", "hours"))
    assert mapping.fingerprint(header("Entry no", "Hours")) != mapping.fingerprint(header("Hours", "Entry no"))


def test_the_latest_decision_is_remembered(app, cast):
    with app.app_context():
        with writing() as session:
            template = templates.create(
                session, organization_id=cast.ada.organization_id, created_by=None, name="Hours", dataset="Hours",
                sheet=None, columns=COLUMNS, at=NOW,
            )  # fmt: skip
            for field in ("hours", "note"):
                mapping.remember(session, template.id, header("Entry no", "X"), {"X": field}, NOW)
        with reading() as session:
            found = mapping.remembered(session, template.id, header("entry_no", "x"))
            assert mapping.decided_in(found) == {"X": "note"}
            assert mapping.decided_in(mapping.remembered(session, template.id, header("Other"))) is None


@pytest.mark.parametrize("names", [("Other",), ("A", "B")])
def test_a_header_with_nothing_in_common_is_asked_about(names):
    assert not mapping.propose([TemplateColumn("Note", "note")], header(*names)).is_clear


def test_the_header_is_the_row_with_the_most_names_of_the_template():
    rows = [(1, ("Hours", None, None)), (3, ("entry no", "STD.", "x")), (4, (7, 8, "Note"))]
    assert mapping.header_row_in(rows, COLUMNS) == 3
    assert mapping.header_row_in([(1, ("a", "b"))], COLUMNS) is None
