"""Text files are read as they were written: encoding and delimiter found out, nothing taken for what it is not."""

from pathlib import Path

import pytest

from webapp.sheets import Cell, Limits, WorkbookRefused, inspect_workbook, read_rows

GROESSE = "Name;Größe\nÅsa;1,5\n"
ENCODINGS = {
    "UTF-8": GROESSE.encode(),
    "UTF-8 with byte order mark": GROESSE.encode("utf-8-sig"),
    "UTF-16": GROESSE.encode("utf-16"),
    "UTF-32": GROESSE.encode("utf-32"),
    "Windows-1252": GROESSE.encode("cp1252"),
}


def rows_of(path: Path) -> dict[int, tuple[Cell, ...]]:
    report = inspect_workbook(path)
    with read_rows(path, report.sheet, report.header.row) as stream:
        return {number: cells for batch in stream for number, cells in batch.rows}


def text_file(tmp_path: Path, content: str | bytes) -> Path:
    path = tmp_path / "hours.xlsx"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


@pytest.mark.parametrize(("name", "content"), ENCODINGS.items(), ids=ENCODINGS.keys())
def test_the_encoding_is_found_and_said(tmp_path: Path, name: str, content: bytes):
    report = inspect_workbook(text_file(tmp_path, content))
    assert (report.kind, report.encoding, report.delimiter) == ("a text file", name, "semicolon")
    assert report.header.labels == ("Name", "Größe")
    assert report.preview == ((2, ("Åsa", "1,5")),)
    assert f"written in {name}, with semicolons between its cells" in report.findings[0].sentence


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_two_bytes_a_character_need_no_mark(tmp_path: Path, encoding: str):
    assert rows_of(text_file(tmp_path, "Name\tHours\nAda\t5\n".encode(encoding))) == {2: ("Ada", "5")}


def test_a_letter_far_down_decides_the_encoding_as_well(tmp_path: Path):
    content = b"Name,Note\n" + b"Ada,x\n" * 200_000 + "Åsa,y\n".encode("cp1252")
    report = inspect_workbook(text_file(tmp_path, content))
    assert (report.encoding, report.rows_counted) == ("Windows-1252", 200_001)


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_delimiter_and_line_end_are_found(tmp_path: Path, delimiter: str, end: str):
    lines = [delimiter.join(row) for row in (("Name", "Hours", "Note"), ("Ada", "7.5", "a"), ("Bram", "8", "b"))]
    rows = rows_of(text_file(tmp_path, end.join(lines)))
    assert rows == {2: ("Ada", "7.5", "a"), 3: ("Bram", "8", "b")}


def test_a_comma_inside_of_numbers_does_not_part_cells(tmp_path: Path):
    assert rows_of(text_file(tmp_path, "Name;Hours;Rate\nAda;7,5;40,5\nBram;8;41,0\n"))[2] == ("Ada", "7,5", "40,5")


def test_the_delimiter_that_a_first_line_names_is_taken(tmp_path: Path):
    assert rows_of(text_file(tmp_path, "sep=|\nName|A,B\nAda|1,2\n")) == {3: ("Ada", "1,2")}


def test_quotes_keep_delimiters_line_breaks_and_quotes(tmp_path: Path):
    content = 'Name,Note\n"Lovell, Ada","two\nlines"\nBram,"says ""no"""\n'
    assert rows_of(text_file(tmp_path, content)) == {2: ("Lovell, Ada", "two\nlines"), 3: ("Bram", 'says "no"')}


def test_blank_lines_are_skipped_and_keep_their_numbers(tmp_path: Path):
    assert rows_of(text_file(tmp_path, "Name,Hours\n\nAda,1\n,\nBram,2\n")) == {3: ("Ada", "1"), 5: ("Bram", "2")}


def test_short_rows_are_filled_and_long_ones_cut_at_the_header(tmp_path: Path):
    path = text_file(tmp_path, "Name,Hours\nAda\nBram,1,more\n")
    assert rows_of(path) == {2: ("Ada", None), 3: ("Bram", "1")}
    assert inspect_workbook(path).ignored_columns == 1


def test_types_are_proposed_from_what_the_texts_plainly_mean(tmp_path: Path):
    path = text_file(tmp_path, "Code,Count,Rate,Day,Paid,Long\n007,1,2.5,2026-01-31,yes,12345678901234567890\n")
    types = {column.header: column.type for column in inspect_workbook(path).proposed}
    assert types == {
        "Code": "text", "Count": "integer", "Rate": "decimal", "Day": "date", "Paid": "boolean", "Long": "text",
    }  # fmt: skip


def test_a_quotation_mark_without_a_partner_is_named_with_its_row(tmp_path: Path):
    content = 'Name,Note\nAda,x\nBram,"open\n' + "Chiara,y\n" * 10_000
    with pytest.raises(WorkbookRefused, match="row 3 of the file is longer than the 32767 characters"):
        inspect_workbook(text_file(tmp_path, content))


def test_a_text_that_breaks_its_own_encoding_is_refused(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="not written in UTF-16 throughout"):
        inspect_workbook(text_file(tmp_path, "Name\nAda\n".encode("utf-16") + b"\x00\xd8"))


def test_too_many_rows_are_refused(tmp_path: Path):
    with pytest.raises(WorkbookRefused, match="20 are allowed"):
        inspect_workbook(text_file(tmp_path, "Name\n" * 30), limits=Limits(rows=20))
