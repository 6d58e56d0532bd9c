"""Texts with fields: what they become for a recipient, and what is refused when they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.campaigns.errors import BraceAlone, FieldUnknown
from webapp.campaigns.personalization import Template, on_one_line

VALUES = {"first_name": "Ada", "city": "Kiel"}


@pytest.mark.parametrize(
    ("text", "rendered"),
    [
        ("Dear {first_name},", "Dear Ada,"),
        ("Dear {first_name|friend},", "Dear Ada,"),
        ("Dear {title|friend},", "Dear friend,"),
        ("Dear {title},", "Dear ,"),
        ("{first_name} of {city}", "Ada of Kiel"),
        ("{{first_name}} costs {{5}}", "{first_name} costs {5}"),
        ("No fields at all", "No fields at all"),
        ("", ""),
    ],
)
def test_fields_become_what_the_recipient_has(text, rendered):
    assert Template(text).render(VALUES) == rendered


@pytest.mark.parametrize(
    "text",
    ["{", "}", "Dear {first name}", "{first_name.__class__}", "{first_name!r}", "{first_name:>10}", "{0}", "{}",
     "{first_name|a{city}}", "{First}", "{first_name[0]}", "{first_name|two\nlines}"],
)  # fmt: skip
def test_nothing_but_names_and_fallbacks_is_a_field(text):
    with pytest.raises(BraceAlone):
        Template(text)


def test_an_unknown_field_is_refused_and_those_that_exist_are_named():
    with pytest.raises(FieldUnknown, match=r"There is no field \{town\}\. There are: first_name, city\."):
        Template("{first_name} {town}").check(["first_name", "city"])


def test_a_value_is_never_read_as_a_field_again():
    assert Template("{first_name}").render({"first_name": "{city}", "city": "Kiel"}) == "{city}"


def test_a_line_break_in_a_value_becomes_a_space():
    assert Template("{first_name}").render({"first_name": "Ada\r\nBcc: all@example.org"}) == "Ada Bcc: all@example.org"


@given(st.text())
def test_any_text_is_either_refused_or_rendered(text):
    try:
        template = Template(text)
    except BraceAlone:
        return
    template.render({})


@given(st.text())
def test_one_line_is_one_line(text):
    assert len(on_one_line(text).splitlines()) <= 1
    assert on_one_line(text).isprintable()
