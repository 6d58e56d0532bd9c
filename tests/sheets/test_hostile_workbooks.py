"""A workbook that is made to do harm costs one clear sentence; the operating system sees to the limit of memory."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from webapp.sheets import Limits, WorkbookRefused, inspect_workbook, read_rows
from webapp.sheets.limits import MEGABYTE

from .workbooks import MAIN, cells_workbook, raw_parts, raw_workbook, sheet_xml, strings_xml, workbook

HEAD = '<row r="1"><c r="A1" t="s"><v>0</v></c></row>'
SHEET = "xl/worksheets/sheet1.xml"
STRINGS = "xl/sharedStrings.xml"


def sentence_about(path: Path, limits: Limits | None = None) -> str:
    """The sentence with which the workbook is refused, at inspection or at the latest while it is read."""
    with pytest.raises(WorkbookRefused) as refused:
        read_all(path, limits)
    return refused.value.sentence


def read_all(path: Path, limits: Limits | None = None) -> list[int]:
    report = inspect_workbook(path, limits=limits)
    with read_rows(path, report.sheet, report.header.row, limits=limits) as stream:
        return [number for batch in stream for number in batch.numbers]


def with_large_part(path: Path, name: str, chunks: Iterable[bytes]) -> Path:
    """A workbook in which the part `name` is written chunk by chunk."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for other, body in raw_parts(HEAD).items():
            if other != name:
                container.writestr(other, body)
        with container.open(name, "w") as part:
            for chunk in chunks:
                part.write(chunk)
    return path


def test_a_text_that_inflates_to_600_megabytes_is_refused(tmp_path: Path):
    text = strings_xml("TEXT").encode().split(b"TEXT")
    bomb = with_large_part(tmp_path / "bomb.xlsx", STRINGS, [text[0], *[b"A" * MEGABYTE] * 600, text[1]])
    assert bomb.stat().st_size < 4 * MEGABYTE
    assert "when it is unpacked" in sentence_about(bomb)


def test_sixteen_million_equal_cells_are_refused(tmp_path: Path):
    start, end = sheet_xml("ROWS").encode().split(b"ROWS")
    row = b"<row>" + b"<c><v>1</v></c>" * 16 + b"</row>"
    bomb = with_large_part(tmp_path / "bomb.xlsx", SHEET, [start, *[row * 1_000] * 1_000, end])
    assert "when it is unpacked" in sentence_about(bomb)


@pytest.mark.parametrize("claimed", [100, 50 * MEGABYTE])
def test_a_directory_that_lies_about_a_size_is_found_out(tmp_path: Path, claimed: int):
    path = tmp_path / "lie.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in raw_parts(HEAD + " " * 40 * MEGABYTE).items():
            container.writestr(name, body)
        container.getinfo(SHEET).file_size = claimed
    assert "damaged" in sentence_about(path) or "unpacked" in sentence_about(path)


def test_parts_that_share_their_bytes_are_refused(tmp_path: Path):
    path = tmp_path / "overlap.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as container:
        for name, body in raw_parts(HEAD).items():
            container.writestr(name, body)
        container.getinfo(STRINGS).header_offset = container.getinfo(SHEET).header_offset
    assert "overlap" in sentence_about(path)


def test_ten_thousand_parts_are_refused(tmp_path: Path):
    parts = raw_parts(HEAD) | {f"xl/media/{number}.png": b"" for number in range(10_000)}
    assert "more than 2000 parts" in sentence_about(raw_workbook(tmp_path / "parts.xlsx", parts))


def test_a_name_that_leads_out_of_the_file_is_refused(tmp_path: Path):
    parts = raw_parts(HEAD) | {"../../outside.xml": b"<a/>"}
    assert "leads out of the file" in sentence_about(raw_workbook(tmp_path / "out.xlsx", parts))


LAUGHS = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 10))
DOCUMENT_TYPES = {
    "billion laughs": f'<!DOCTYPE sst [<!ENTITY e0 "ha">{LAUGHS}]>',
    "quadratic": f'<!DOCTYPE sst [<!ENTITY a "{"a" * 100_000}">]>',
    "an outside file": '<!DOCTYPE sst [<!ENTITY a SYSTEM "file:///etc/hostname">]>',
}


@pytest.mark.parametrize("declaration", DOCUMENT_TYPES.values(), ids=DOCUMENT_TYPES.keys())
@pytest.mark.parametrize("part", [STRINGS, SHEET, "xl/workbook.xml", "[Content_Types].xml"])
def test_a_document_type_is_refused_wherever_it_stands(tmp_path: Path, declaration: str, part: str):
    parts = raw_parts(HEAD)
    parts[part] = parts[part].replace(b"?>", b"?>" + declaration.encode(), 1)
    assert "document type declaration" in sentence_about(raw_workbook(tmp_path / "dtd.xlsx", parts))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32-be"])
def test_a_document_type_cannot_hide_in_another_encoding(tmp_path: Path, encoding: str):
    text = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "b">]><sst xmlns="{MAIN}"/>'
    parts = raw_parts(HEAD) | {STRINGS: text.encode(encoding)}
    assert "document type declaration" in sentence_about(raw_workbook(tmp_path / "dtd.xlsx", parts))


def test_an_encoding_that_could_hide_anything_is_refused(tmp_path: Path):
    text = '<?xml version="1.0" encoding="UTF-7"?>+ADwAIQ-DOCTYPE sst+AD4-'
    parts = raw_parts(HEAD) | {STRINGS: text.encode()}
    assert "not written in UTF-8" in sentence_about(raw_workbook(tmp_path / "utf7.xlsx", parts))


def test_the_farthest_cell_of_a_sheet_does_not_make_it_large(tmp_path: Path):
    last = '<row r="1048576"><c r="A1048576"><v>7</v></c><c r="XFD1048576"><v>8</v></c></row>'
    path = raw_workbook(tmp_path / "far.xlsx", raw_parts(HEAD + last))
    assert inspect_workbook(path).rows_counted == 1
    assert read_all(path) == [1_048_576]


def test_a_header_with_more_names_than_columns_are_allowed_is_refused(tmp_path: Path):
    path = workbook(tmp_path / "wide.xlsx", [[f"Name {number}" for number in range(1_001)]])
    assert "wider than 1000 columns" in sentence_about(path)


def test_rows_that_are_merely_formatted_are_not_counted_and_not_read(tmp_path: Path):
    start, end = sheet_xml(HEAD + '<row r="2"><c r="A2"><v>1</v></c></row>ROWS').encode().split(b"ROWS")
    rows = (f'<row r="{row}"><c r="A{row}" s="1"/></row>'.encode() for row in range(3, 400_000))
    path = with_large_part(tmp_path / "phantom.xlsx", SHEET, [start, *rows, end])
    assert inspect_workbook(path).rows_counted == 1
    assert read_all(path) == [2]


def test_a_workbook_that_is_cut_off_is_called_cut_off(tmp_path: Path):
    path = workbook(tmp_path / "cut.xlsx", [["Name"], ["Ada"]])
    for share in (0.3, 0.7, 0.99):
        (tmp_path / "part.xlsx").write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
        assert "cut off" in sentence_about(tmp_path / "part.xlsx")


@pytest.mark.parametrize("spoiled", [STRINGS, SHEET, "xl/styles.xml"])
def test_spoiled_bytes_are_called_damage(tmp_path: Path, spoiled: str):
    path = raw_workbook(tmp_path / "spoiled.xlsx", raw_parts(HEAD + "<row/>" * 500))
    content = bytearray(path.read_bytes())
    with zipfile.ZipFile(path) as container:
        place = container.getinfo(spoiled).header_offset + 30 + len(spoiled) + 8
    content[place : place + 6] = b"\xff" * 6
    path.write_bytes(content)
    assert "damaged" in sentence_about(path)


def test_a_missing_text_is_damage_and_no_blank(tmp_path: Path):
    assert "a text is missing" in sentence_about(cells_workbook(tmp_path / "a.xlsx", '<c r="{at}" t="s"><v>99</v></c>'))


def test_rows_out_of_order_are_refused(tmp_path: Path):
    rows = '<row r="9"><c r="A9"><v>1</v></c></row><row r="4"><c r="A4"><v>2</v></c></row>'
    assert "not stored in order" in sentence_about(raw_workbook(tmp_path / "a.xlsx", raw_parts(HEAD + rows)))


def test_a_length_of_time_beyond_all_measure_is_damage(tmp_path: Path):
    assert "beyond all measure" in sentence_about(
        cells_workbook(tmp_path / "a.xlsx", '<c r="{at}" s="3"><v>1e12</v></c>')
    )


def test_a_cell_with_too_long_a_text_is_named(tmp_path: Path):
    text = "x" * 32_768
    path = cells_workbook(tmp_path / "a.xlsx", f'<c r="{{at}}" t="inlineStr"><is><t>{text}</t></is></c>')
    assert "Cell Sheet1!A2 holds 32768 characters; 32767 are allowed" in sentence_about(path)


def test_more_texts_than_memory_are_refused(tmp_path: Path):
    start, end = strings_xml("TEXT").encode().split(b"TEXT")
    texts = (f"{number:x}</t></si><si><t>".encode() for number in range(1_500_000))
    path = with_large_part(tmp_path / "texts.xlsx", STRINGS, [start, *texts, end])
    assert "more memory than is allowed" in sentence_about(path, Limits(memory_bytes=64 * MEGABYTE))


def test_a_file_over_the_limit_is_refused_before_it_is_opened(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Name"]])
    assert "MB are allowed" in sentence_about(path, Limits(file_bytes=1_000))


def test_too_many_rows_are_refused_with_their_number(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Name"], *[[number] for number in range(50)]])
    assert "51 rows; 20 are allowed" in sentence_about(path, Limits(rows=20))
