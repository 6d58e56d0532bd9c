"""Pasted lists of addresses, as people have them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.campaigns import addresses
from webapp.campaigns.addresses import Entry, entries_of
from webapp.campaigns.errors import NoRecipients, TooManyRecipients


def test_a_list_may_have_an_address_a_line_with_or_without_a_name():
    pasted = 'Ada@Example.org\n\n  Max Pier <max@example.org>,\n"Quay, Mia" <mia@example.org>\nno address here'
    assert entries_of(pasted) == [
        Entry("ada@example.org"),
        Entry("max@example.org", "Max Pier"),
        Entry("mia@example.org", "Quay, Mia"),
        Entry("no address here"),
    ]


@pytest.mark.parametrize("separator", ["\t", ";", ","])
def test_a_table_brings_names_and_fields_along(separator):
    lines = [["Name", "E-mail", "Berth No."], ["Ada Lovell", "ada@example.org", "7"], ["Max", "max@example.org", ""]]
    assert entries_of("\n".join(separator.join(line) for line in lines)) == [
        Entry("ada@example.org", "Ada Lovell", {"berth_no": "7"}),
        Entry("max@example.org", "Max"),
    ]


def test_a_short_row_and_a_quoted_cell_are_read():
    assert entries_of('email,name,city\nada@example.org\nmax@example.org,"Pier, Max",Kiel') == [
        Entry("ada@example.org"),
        Entry("max@example.org", "Pier, Max", {"city": "Kiel"}),
    ]


def test_an_empty_list_and_a_heading_alone_are_refused():
    for pasted in ("", "\n \n", "email,name"):
        with pytest.raises(NoRecipients):
            entries_of(pasted)


def test_a_list_that_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(addresses, "LINES", 2)
    with pytest.raises(TooManyRecipients, match="3 lines; 2 are the most"):
        entries_of("a@x\nb@x\nc@x")


@given(st.text(max_size=200))
def test_whatever_is_pasted_is_read_or_refused(text):
    try:
        entries = entries_of(text)
    except NoRecipients:
        return
    assert all("\0" not in entry.email and len(entry.email) <= 320 for entry in entries)
