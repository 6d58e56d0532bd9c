"""Columns are found by their other names and by a person's word; what is merely similar is a guess to confirm."""

import pytest

from webapp.sheets import (
    ALIAS,
    CHOSEN,
    GUESSED,
    MATCHED,
    MISSING,
    Batch,
    Column,
    Converter,
    Header,
    Mapping,
    WorkbookRefused,
    match_headers,
)

NAME = Column("Name", "name", aliases=("Full name", "Customer"))
HOURS = Column("Hours worked", "hours", "decimal")


def header_of(*names: str | None) -> Header:
    return Header.of("Sheet1", 3, names)


def ways(mapping: Mapping) -> list[tuple[str, str | None]]:
    return [(match.how, match.label) for match in mapping.matches]


def test_an_alias_finds_its_column():
    mapping = match_headers([NAME], header_of("Hours", "FULL_NAME"))
    assert (mapping.positions, mapping.extra) == ((1,), ("Hours",))
    assert ways(mapping) == [(ALIAS, "FULL_NAME")]


def test_a_header_goes_before_an_alias_and_the_first_alias_before_the_next():
    assert ways(match_headers([NAME], header_of("Customer", "Name"))) == [(MATCHED, "Name")]
    assert ways(match_headers([NAME], header_of("Customer", "Full name"))) == [(ALIAS, "Full name")]


def test_the_header_of_one_column_is_no_alias_for_another():
    other = Column("Customer", "customer")
    mapping = match_headers([NAME, other], header_of("Customer", "Full name"))
    assert ways(mapping) == [(ALIAS, "Full name"), (MATCHED, "Customer")]


@pytest.mark.parametrize("label", ["Hours-worked", "Hours worked:", "Hour worked", "hoursworked", "Hours  workd"])
def test_a_similar_name_is_a_guess_and_the_column_is_missing_until_it_is_confirmed(label: str):
    header = header_of("Name", label)
    mapping = match_headers([NAME, HOURS], header)
    assert ways(mapping) == [(MATCHED, "Name"), (GUESSED, header.labels[1])]
    assert (mapping.positions, mapping.missing, mapping.extra) == ((0, None), ("Hours worked",), (header.labels[1],))
    confirmed = match_headers([NAME, HOURS], header, mapping.proposed)
    assert confirmed.positions == (0, 1)


@pytest.mark.parametrize(
    ("columns", "labels"),
    [
        (["Address 1"], ["Address 2"]),
        (["Net price"], ["Net prices", "Net-prices"]),
        (["Street name", "Street names"], ["Street name."]),
        (["Rate"], ["Date"]),
        (["ID"], ["I"]),
        (["Hours"], ["Rows"]),
        (["Hours"], [None, "Name"]),
    ],
)
def test_what_could_mean_something_else_is_not_guessed(columns: list[str], labels: list[str]):
    wanted = [Column(name, f"field_{number}") for number, name in enumerate(columns)]
    assert {how for how, _ in ways(match_headers(wanted, header_of(*labels)))} == {MISSING}


def test_alike_but_for_signs_goes_before_nearly_alike():
    mapping = match_headers([Column("Net price", "price")], header_of("Net prices", "Net-price"))
    assert ways(mapping) == [(GUESSED, "Net-price")]


def test_a_run_takes_no_guess():
    converter = Converter([NAME, HOURS], header_of("Name", "Hours-worked"))
    assert converter.convert(Batch([4], [["Ada"], [1.5]])).rows == [(4, ("Ada", None))]
    with pytest.raises(WorkbookRefused, match="lacks: Hours worked"):
        Converter([NAME, Column("Hours worked", "hours", required=True)], header_of("Name", "Hours-worked"))


def test_a_person_has_the_last_word():
    mapping = match_headers([NAME, HOURS], header_of("Name", "x", "y"), {"X": "name", "y": "hours"})
    assert ways(mapping) == [(CHOSEN, "x"), (CHOSEN, "y")]
    assert (mapping.positions, mapping.extra, mapping.ignored) == ((1, 2), ("Name",), ())


def test_what_is_left_out_on_purpose_is_neither_matched_nor_extra():
    mapping = match_headers([NAME, HOURS], header_of("Name", "Hours worked", "Note"), {"Name": None, "Note": None})
    assert (mapping.positions, mapping.extra, mapping.ignored) == ((None, 1), (), ("Name", "Note"))
    assert mapping.proposed == {"Hours worked": "hours", "Name": None, "Note": None}


def test_what_a_person_did_not_decide_is_matched_by_name():
    mapping = match_headers([NAME, HOURS], header_of("Name", "h"), {"h": "hours"})
    assert ways(mapping) == [(MATCHED, "Name"), (CHOSEN, "h")]


@pytest.mark.parametrize(
    ("mapping", "place"),
    [({"Note": "note"}, 0), ({"Note 2": "note"}, 1), ({"Note 2": None}, 0), ({"Note": None, "Note 2": None}, None)],
)
def test_a_mapping_decides_which_of_two_columns_of_one_name_is_meant(mapping: dict[str, str | None], place: int | None):
    assert match_headers([Column("Note", "note")], header_of("Note", "Note"), mapping).positions == (place,)


@pytest.mark.parametrize(
    ("mapping", "words"),
    [
        ({"Nmae": "name"}, "it has no column “Nmae”"),
        ({"Name": "title"}, "the template has no field “title”"),
        ({"Name": "name", "x": "name"}, "the field “name” is to be filled from two columns"),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(mapping: dict[str, str | None], words: str):
    with pytest.raises(WorkbookRefused, match=words):
        match_headers([NAME], header_of("Name", "x"), mapping)


def test_a_required_column_with_a_default_may_be_missing():
    columns = [NAME, Column("State", "state", required=True, default="new")]
    assert Converter(columns, header_of("Name")).convert(Batch([4], [["Ada"]])).rows == [(4, ("Ada", "new"))]


def test_nothing_is_guessed_where_there_is_too_much_to_compare():
    columns = [Column(f"Column {number} a", f"field_{number}") for number in range(500)]
    header = header_of(*[f"Column {number} b" for number in range(500)])
    assert {how for how, _ in ways(match_headers(columns, header))} == {MISSING}
