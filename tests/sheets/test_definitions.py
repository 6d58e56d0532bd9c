"""A column that makes no sense is told when it is defined, in sentences; and no workbook is read by it."""

from typing import Any

import pytest

from webapp.sheets import (
    COLUMN_TYPES,
    DATE_FORMATS,
    Column,
    Converter,
    Header,
    WorkbookRefused,
    check_column,
    check_columns,
)

REFERENCE = {"references": "customers.number"}
CHOICE = {"choices": ("Open", "Closed")}

SOUND = [
    ("text", {"pattern": r"[A-Z]\d+", "minimum": "2", "maximum": "5", "default": "A12"}),
    ("integer", {"minimum": "-5", "maximum": "5", "default": "0"}),
    ("decimal", {"decimal_sign": ",", "minimum": "0,5", "maximum": "1.000"}),
    ("percent", {"minimum": "0 %", "maximum": "100 %", "default": "19 %"}),
    ("boolean", {"yes": ("x",), "no": ("-",), "default": "x"}),
    ("date", {"date_format": "DD.MM.YYYY", "minimum": "01.01.2026", "maximum": "2026-12-31"}),
    ("time", {"minimum": "08:00", "maximum": "5:00 pm"}),
    ("duration", {"maximum": "48:00"}),
    ("choice", {**CHOICE, "default": "open", "replacements": (("o", "Open"), ("N/A", None))}),
    ("email", {"maximum": "100", "pattern": r".*@example\.org"}),
    ("reference", REFERENCE),
]


@pytest.mark.parametrize(("kind", "rules"), SOUND)
def test_a_sound_definition_has_nothing_against_it(kind: str, rules: dict[str, Any]):
    assert check_column(Column("Value", "value", kind, **rules)) == []


SENSELESS = [
    ("number", {}, "There is no type “number”. Choose one of: text, integer"),
    ("text", {"choices": ("a",)}, "A column of the type Text has no list of choices."),
    ("boolean", {"minimum": "0"}, "A column of the type Yes or no has no minimum."),
    ("date", {"pattern": "x"}, "A column of the type Date has no pattern."),
    ("text", {"date_format": "DD.MM.YYYY"}, "A column of the type Text has no way to write dates."),
    ("choice", {}, "A choice needs its values."),
    ("choice", {"choices": ("Open", " OPEN ")}, "“ OPEN ” stands twice among the choices."),
    ("choice", {"choices": ("Open", " ")}, "One of the choices is blank."),
    ("choice", {**CHOICE, "default": "new"}, "The default does not fit the column: 'new' is not among: Open, Closed."),
    ("text", {"pattern": "[A-"}, "The pattern cannot be used: missing ]: [A-."),
    ("text", {"pattern": "(?=x).*"}, "The pattern cannot be used: looking ahead or behind"),
    ("text", {"pattern": r"(a)\1"}, "referring back to a group, are not possible here."),
    ("text", {"pattern": "a" * 501}, "The pattern cannot be used: it is longer than 500 characters."),
    ("text", {"pattern": "(a{1000}){1000}"}, "The pattern cannot be used: invalid repetition size: {1000}."),
    ("text", {"minimum": "-1"}, "The minimum cannot be used: '-1' is not a number of characters."),
    ("text", {"minimum": "5", "maximum": "3"}, "The minimum 5 is above the maximum 3."),
    ("integer", {"minimum": "1.5"}, "The minimum cannot be used: '1.5' is not a whole number."),
    ("decimal", {"maximum": "1.234"}, "The maximum cannot be used: '1.234' is ambiguous"),
    ("date", {"minimum": "2026-02-01", "maximum": "2026-01-01"}, "The minimum 2026-02-01 is above the maximum"),
    ("date", {"date_format": "YY/DD"}, "“YY/DD” is no known way to write dates. Choose one of: YYYY-MM-DD, DD.MM.YYYY"),
    ("decimal", {"decimal_sign": ";"}, "“;” is no decimal sign."),
    ("integer", {"default": "x"}, "The default does not fit the column: 'x' is not a whole number."),
    ("integer", {"default": "7", "maximum": "5"}, "The default does not fit the column: '7' is above the maximum"),
    ("integer", {"default": " "}, "The default is blank."),
    ("integer", {"default": "7", "unique": True}, "A default would make rows alike"),
    ("boolean", {"yes": ("x",)}, "Words for yes need words for no beside them."),
    ("boolean", {"yes": ("x", "y"), "no": ("X",)}, "“X” stands twice among the words for yes and no."),
    ("boolean", {"yes": ("false",), "no": ("x",)}, "TRUE always means yes, and FALSE no."),
    ("integer", {"replacements": (("N/A", "none"),)}, "The replacement of “N/A” does not fit the column: 'none'"),
    ("integer", {"replacements": ((" ", "1"),)}, "One of the texts to replace is blank."),
    ("reference", {}, "A reference needs what it names, such as customers.number."),
    ("text", {"aliases": ("Name", " ")}, "One of the other headers is blank."),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "rules", "words"), SENSELESS)
def test_what_makes_no_sense_is_said(kind: str, rules: dict[str, Any], words: str):
    sentences = check_column(Column("Value", "value", kind, **rules))
    assert [sentence for sentence in sentences if words in sentence]
    assert all(sentence.endswith(".") for sentence in sentences)


def test_a_workbook_is_not_read_by_a_senseless_column():
    with pytest.raises(WorkbookRefused, match=r"column “Name” makes no sense\. The pattern cannot be used"):
        Converter([Column("Name", "name", pattern="[")], Header.of("Sheet1", 1, ["Name"]))


def test_columns_that_do_not_go_together_are_named():
    columns = [
        Column("Name", "name"),
        Column("NAME", "title"),
        Column("Nr", "number", aliases=("Name",)),
        Column("X", "number"),
    ]
    assert check_columns(columns) == [
        "The header “NAME” means two columns, “Name” and “NAME”. Keep it in one.",
        "The header “Name” means two columns, “Name” and “Nr”. Keep it in one.",
        "Two columns have the field “number”. Give each its own.",
    ]
    assert check_columns([Column("Name", "name", aliases=("name",)), Column("Nr", "number")]) == []


@pytest.mark.parametrize("name", COLUMN_TYPES)
def test_the_example_of_a_type_is_one_of_its_values(name: str):
    type_ = COLUMN_TYPES[name]
    needed = {"choice": CHOICE, "reference": REFERENCE}.get(name, {})
    column = Column("Value", "value", name, default=type_.example, **needed)
    assert check_column(column) == []
    assert type_.human


@pytest.mark.parametrize("name", DATE_FORMATS)
def test_the_example_of_a_way_to_write_dates_is_read_by_it(name: str):
    written = DATE_FORMATS[name]
    assert written.read(written.example).isoformat() == "2026-12-31"
    assert written.name in written.human
    assert ("19…" in written.human) == ("YYYY" not in name)
