"""Marked workbooks: cells as they came, notes where to look, and a property by which they are known again."""

from datetime import date, datetime, time, timedelta
from io import BytesIO
from zipfile import ZipFile

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from webapp.sheets import CellError, ImpossibleDate, Uncached, inspect_workbook, read_rows
from webapp.sheets.writing.marked import MarkedColumn, MarkedWriter

PROPERTY = "Longshore errors 0123456789abcdef"


@pytest.fixture
def write(tmp_path):
    """Writes rows of (cells, notes) under these columns: the path of the workbook."""

    def write(columns, *rows, sheet="June", **options):
        path = tmp_path / "marked.xlsx"
        options = {"about": ["Rows of June", "Correct them."], "properties": [PROPERTY]} | options
        with path.open("wb") as file, MarkedWriter(file, sheet, columns, **options) as writer:
            for cells, notes in rows:
                writer.write(cells, notes)
        return path

    return write


def read(path):
    """The cells of the first sheet, row by row, as the importer reads them."""
    with read_rows(path, inspect_workbook(path).sheet, 1) as stream:
        return [list(cells) for batch in stream for _, cells in batch.rows]


def columns(*types):
    return [MarkedColumn(f"Column {place}", kind) for place, kind in enumerate(types)]


CELLS = [
    7, 7.25, 0.1 + 0.2, 1e300, -3, True, False, "text", "00123", "=1+1", "@mail", "\ttab", "http://example.org", " x ",
    "a\nb", "_x000D_", "\x07bell", "😀", date(2026, 11, 28), date(1900, 1, 15), datetime(1900, 2, 1, 6),
    datetime(2026, 11, 28, 7, 30), time(7, 30), timedelta(hours=30), CellError("#N/A"), CellError("#DIV/0!"),
    ImpossibleDate("-5"), ImpossibleDate("60"),
]  # fmt: skip


@pytest.mark.parametrize("is_marked", [False, True])
def test_cells_come_back_as_they_came_marked_or_not(write, is_marked):
    path = write(columns("integer", "text"), *[([1, cell], {1: "Look here."} if is_marked else {}) for cell in CELLS])
    back = [cell for _, cell in read(path)]
    assert list(zip(map(type, back), back, strict=True)) == list(zip(map(type, CELLS), CELLS, strict=True))


def test_a_missing_result_and_an_unknown_error_are_never_taken_for_blanks(write):
    path = write(columns("text", "text"), ([Uncached(), CellError("Err:502")], {}))
    assert read(path) == [[CellError("#N/A"), "Err:502"]]


texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\ufffe\uffff"), min_size=1, max_size=40)
cells = st.one_of(
    st.none(),
    texts,
    st.booleans(),
    st.integers(-(10**14), 10**14),
    st.floats(-1e14, 1e14).filter(lambda number: not number.is_integer()),
    st.dates(date(1900, 1, 1), date(9999, 12, 31)),
    st.datetimes(datetime(1900, 1, 1), datetime(9999, 12, 31)).map(lambda moment: moment.replace(microsecond=0)),
    st.sampled_from([CellError("#N/A"), CellError("#REF!")]),
)
kinds = st.sampled_from(["text", "decimal", "date", "datetime", "boolean", "choice"])


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(kinds, cells), min_size=1, max_size=12), st.booleans())
def test_any_row_comes_back_as_it_came(write, row, is_marked):
    values = [1, *(_as_read(cell) for _, cell in row)]
    path = write(columns("integer", *(kind for kind, _ in row)), (values, {1: "Look."} if is_marked else {}))
    ((*back,),) = read(path)
    assert list(zip(map(type, back), back, strict=True)) == list(zip(map(type, values), values, strict=True))


def _as_read(cell):
    """The cell as the reader would have given it: it knows no blank texts, and a moment at midnight is a day."""
    if isinstance(cell, str) and not cell.strip():
        return None
    return cell.date() if isinstance(cell, datetime) and cell.time() == time() else cell


def test_marked_cells_have_a_ground_of_their_own_and_a_note(write):
    path = write(columns("integer", "decimal"), ([1, "many"], {1: "“many” is not a number"}), ([2, 3], {}))
    sheet = load_workbook(path)["June"]
    assert sheet["B2"].comment.text == "“many” is not a number"
    assert sheet["B2"].fill.fgColor.rgb != sheet["A2"].fill.fgColor.rgb
    assert sheet["B3"].comment is None


def test_no_cell_is_a_formula_or_a_link(write):
    sheet = load_workbook(write(columns("text", "decimal"), (["=1+1", "https://example.org"], {})))["June"]
    assert [(cell.data_type, cell.hyperlink) for cell in sheet[2]] == [("s", None), ("s", None)]


def test_what_is_typed_over_a_text_becomes_a_value_of_its_column(write):
    path = write(columns("decimal", "date", "text"), (["many", "soon", None], {}))
    sheet = load_workbook(path)["June"]
    assert [cell.number_format for cell in sheet[2]] == ["General", "yyyy\\-mm\\-dd", "@"]


def test_percentages_look_like_percentages_also_where_one_is_to_be_typed(write):
    sheet = load_workbook(write(columns("percent"), ([0.25], {}), (["a lot"], {}), ([None], {})))["June"]
    assert [(row[0].value, row[0].number_format) for row in sheet.iter_rows(min_row=2)] == [
        (0.25, "0.00%"), ("a lot", "0.00%"), (None, "0.00%"),
    ]  # fmt: skip


def test_rows_are_as_high_as_their_texts(write):
    texts = ["one", "two\nlines", "long " * 10, "\n" * 40]
    path = write([MarkedColumn("Problems", "wrapped", 20), *columns("text")], *[([text, None], {}) for text in texts])
    sheet = load_workbook(path)["June"]
    assert [sheet.row_dimensions[row].height for row in range(2, 6)] == [None, 30, 45, 405]
    sheet = load_workbook(write(columns("text"), (["two\nlines"], {})))["June"]
    assert (sheet["A2"].alignment.wrap_text, sheet.row_dimensions[2].height) == (True, 30)


def test_a_workbook_in_which_nothing_is_marked_has_no_notes(write):
    with ZipFile(write(columns("integer"), ([1], {}))) as package:
        assert not [name for name in package.namelist() if "comments" in name or "drawing" in name]
        assert b"vml" not in package.read("[Content_Types].xml")


def test_a_drawing_names_all_blocks_of_numbers_that_its_notes_use(write):
    path = write(columns("integer"), *[([1], {0: "Look."}) for _ in range(1_100)])
    drawing = ZipFile(path).read("xl/drawings/vmlDrawing1.vml").decode()
    assert '<o:idmap v:ext="edit" data="1,2"/>' in drawing
    assert drawing.count("<v:shape id=") == 1_100


def test_the_header_is_frozen_with_the_first_columns_and_filtered(write):
    sheet = load_workbook(write(columns("integer", "text", "text"), ([1, "a", "b"], {}), frozen=2))["June"]
    assert (sheet.freeze_panes, sheet.auto_filter.ref) == ("C2", "A1:C2")


def test_a_second_sheet_says_what_it_is(write):
    book = load_workbook(write(columns("integer"), ([1], {})))
    assert book.sheetnames == ["June", "About"]
    assert [row[0].value for row in book["About"]] == ["Rows of June", "Correct them."]
    assert load_workbook(write(columns("integer"), sheet="about")).sheetnames == ["about", "About (2)"]


def test_its_property_outlives_being_saved_by_another_program(write, tmp_path):
    path = write(columns("integer"), ([1], {}))
    assert inspect_workbook(path).properties == (PROPERTY,)
    book, again = load_workbook(path), tmp_path / "again.xlsx"
    book.save(again)
    assert inspect_workbook(again).properties == (PROPERTY,)


def test_a_workbook_that_is_given_up_leaves_no_open_part():
    file = BytesIO()
    with pytest.raises(ZeroDivisionError), MarkedWriter(file, "June", columns("integer"), about=[]) as writer:
        writer.write([1 // 0], {})
    assert not file.closed
