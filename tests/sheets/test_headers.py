"""Headers match as people mean them, and what does not match is named."""

import pytest

from webapp.sheets import Column, Converter, Header, WorkbookRefused, match_headers
from webapp.sheets.headers import find_header


def header_of(*names: str | None) -> Header:
    return Header.of("Sheet1", 3, names)


@pytest.mark.parametrize(
    "name",
    [
        "Employee no",
        " employee  NO ",
        "EMPLOYEE\u00a0NO",
        "Employee\nno",
        "employee_no",
        "\ufeffEmployee no",
        "Ｅmployee no",
    ],
)
def test_headers_match_across_what_people_do_not_see(name: str):
    mapping = match_headers([Column("Employee no", "employee_no")], header_of("Name", name))
    assert (mapping.positions, mapping.missing, mapping.extra) == ((1,), (), ("Name",))


def test_the_order_of_columns_does_not_matter():
    columns = [Column("A", "a"), Column("B", "b"), Column("C", "c")]
    assert match_headers(columns, header_of("C", "B", "A")).positions == (2, 1, 0)


def test_missing_and_extra_columns_are_named():
    mapping = match_headers([Column("A", "a"), Column("B", "b")], header_of("A", None, "X"))
    assert (mapping.positions, mapping.missing, mapping.extra) == ((0, None), ("B",), ("X",))


def test_a_name_over_two_columns_is_refused_if_the_template_needs_it():
    with pytest.raises(WorkbookRefused, match="in row 3 of sheet “Sheet1” has more than one column named: Note"):
        match_headers([Column("Note", "note")], header_of("Note", "NOTE", "Name"))


def test_a_name_over_two_columns_does_no_harm_if_nobody_needs_it():
    assert match_headers([Column("Name", "name")], header_of("Note", "Note", "Name")).positions == (2,)


def test_a_missing_required_column_stops_before_the_first_row():
    columns = [Column("Name", "name"), Column("Key", "key", required=True)]
    with pytest.raises(WorkbookRefused, match="in row 3 of sheet “Sheet1” lacks: Key"):
        Converter(columns, header_of("Name"))


def test_a_header_with_none_of_the_names_is_refused():
    with pytest.raises(WorkbookRefused, match="lacks: Name, Hours"):
        Converter([Column("Name", "name"), Column("Hours", "hours")], header_of("x", "y"))


def test_blank_and_repeated_names_get_labels_of_their_own():
    header = header_of("Note", None, "Note", "Note 2", "", None)
    assert header.labels == ("Note", "Column B", "Note 3", "Note 2")
    assert header.unnamed == {1}


def test_a_label_knows_the_letters_of_its_column_also_where_columns_are_left_out():
    assert [header_of("A", "B").letter(place) for place in (0, 1)] == ["A", "B"]
    header = Header.of("Sheet1", 3, ["Name", None, "Hours"], columns=[0, 4, 26])
    assert [header.letter(place) for place in (0, 1, 2)] == ["A", "E", "AA"]
    assert header.labels == ("Name", "Column E", "Hours")


def test_the_header_is_found_below_lines_of_notes():
    notes = [(3, ["at", "the", "top", None]), (4, ["or", "here", None, None])]
    table = [(5, ["Name", "Born", "Age", "Kids"]), (6, ["Ada", "London", 36, True]), (7, ["Max", "Kiel", 40, False])]
    assert find_header([*notes, *table]) == 5


def test_a_first_row_of_text_is_no_header_because_its_header_has_a_gap():
    table = [(1, ["Name", None, "Age"]), (2, ["Ada", "x", "?"]), (3, ["Max", "y", 40]), (4, ["Mia", "z", "?"])]
    assert find_header(table) == 1


def test_a_table_of_texts_has_its_header_in_the_first_row():
    assert find_header([(1, ["Name", "City"]), (2, ["Ada", "London"]), (3, ["Max", "Kiel"])]) == 1


def test_of_names_below_merged_names_the_lower_ones_are_the_header():
    rows = [(1, ["Code", "Worker", None]), (2, [None, "Name", "Hours"]), (3, ["C1", "Ada", 7.5]), (4, ["C2", "Bo", 3])]
    assert find_header(rows, [(1, 0, 2, 0), (1, 1, 1, 2)]) == 2
    assert find_header(rows, []) == 1
    assert find_header([rows[0], *rows[2:]], [(1, 1, 1, 2)]) == 1


def test_names_are_cut_where_no_database_could_keep_them_and_stay_different():
    header = header_of("long " * 100, "long " * 100 + "er")
    assert header.labels == (("long " * 48).strip(), ("long " * 48).strip() + " 2")
