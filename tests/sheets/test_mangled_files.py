"""However a file is mangled, it ends as rows or as a sentence: the reader is in process here, to be tried thousandfold.

`HYPOTHESIS_PROFILE=chaos` tries many more.
"""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from webapp.sheets import Limits, WorkbookRefused, inspect_workbook, read_rows
from webapp.sheets.limits import MEGABYTE
from webapp.sheets.opening import open_book

from .corpus import FILES
from .old_workbooks import formula, label, number, old_workbook, shared_texts
from .open_documents import open_document, row, table, text_cell
from .workbooks import raw_parts, raw_workbook

OF_OTHERS = [path for path in FILES if path.suffix in (".xls", ".xlsb", ".ods") and path.stat().st_size < 40_000]
EXAMPLES = 20_000 if os.environ.get("HYPOTHESIS_PROFILE") == "chaos" else 250
LIMITS = Limits(inflated_bytes=16 * MEGABYTE, memory_bytes=256 * MEGABYTE, inspection_seconds=20)
mangling = settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))

CELLS = (
    '<row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="str"><v>Hours</v></c></row>'
    '<row r="2" hidden="1"><c r="A2" t="e"><v>#N/A</v></c><c r="B2" s="1"><v>60</v></c></row>'
    '<row r="3"><c r="A3"><f>1+1</f></c><c r="B3" t="inlineStr"><is><t>x</t></is></c></row>'
)
Change = tuple[int, bytes]
"""Where in the file, in thousandths of its length, and what is written over it."""
changes = st.lists(st.tuples(st.integers(0, 999), st.binary(min_size=1, max_size=6)), min_size=1, max_size=6)
cuts = st.integers(0, 1_000)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("mangled")


def in_two_bytes(text: str) -> bytes:
    """The text in UTF-16, with its mark."""
    return text.encode("utf-16", "surrogatepass")


def mangled(content: bytes, edits: list[Change], kept: int = 1_000) -> bytes:
    """The content with some of its bytes written over, and cut to so many thousandths of its length."""
    changed = bytearray(content)
    for place, new in edits:
        at = len(changed) * place // 1_000
        changed[at : at + len(new)] = new
    return bytes(changed[: len(changed) * kept // 1_000])


def ends_well(path: Path, content: bytes) -> None:
    """Goes through all sheets of the file as the reading process would; a refusal is an end like any other."""
    path.write_bytes(content)
    with refusals_are_sentences(), open_book(path, LIMITS) as book:
        for sheet in book.sheets:
            tidier = book.tidier(sheet)
            for number_of_row, cells in book.rows(sheet, 1, 1_048_576, 10):
                tidier.columns([number_of_row], [cells])


@contextmanager
def refusals_are_sentences() -> Iterator[None]:
    try:
        yield
    except WorkbookRefused as refusal:
        said = refusal.sentence
    else:
        return
    assert said.endswith(".")


@mangling
@given(edits=changes, kept=cuts)
def test_an_old_workbook(folder: Path, edits: list[Change], kept: int):
    texts = shared_texts(b"\2\0\0\0\2\0\0\0" + b"\3\0\0Ada" + b"\4\0\0Bram")
    cells = (label(2, 0, "x"), number(3, 0, 60, 1), formula(4, 0, b"\0\0\0\0\0\0\xff\xff"), number(5, 1, 2.5))
    original = old_workbook(folder / "original.xls", *cells, globals_=texts).read_bytes()
    ends_well(folder / "a", mangled(original, edits, kept))


@mangling
@given(edits=changes)
def test_the_records_of_an_old_workbook(folder: Path, edits: list[Change]):
    original = old_workbook(folder / "original.xls", *(label(row, 0, "x" * row) for row in range(2, 40))).read_bytes()
    # The first sectors hold the directory; behind them there is nothing but records.
    ends_well(folder / "a", original[:1_536] + mangled(original[1_536:3_600], edits) + original[3_600:])


@mangling
@given(edits=changes)
def test_the_content_of_an_open_document(folder: Path, edits: list[Change]):
    rows = (
        row(text_cell("Name"), text_cell("Hours")),
        row(text_cell("Ada"), attributes='table:number-rows-repeated="3"'),
    )
    original = open_document(folder / "original.ods", table(*rows))
    ends_well(folder / "a", rezipped(original, "content.xml", edits))


@mangling
@given(
    content=st.binary(max_size=600) | st.text(max_size=300).map(str.encode) | st.text(max_size=300).map(in_two_bytes)
)
def test_a_text_file(folder: Path, content: bytes):
    ends_well(folder / "a", content)


@mangling
@given(edits=changes, part=st.sampled_from(sorted(raw_parts(CELLS))))
def test_a_part_of_a_workbook(folder: Path, edits: list[Change], part: str):
    parts = raw_parts(CELLS)
    parts[part] = mangled(parts[part], edits)
    ends_well(folder / "a", raw_workbook(folder / "original.xlsx", parts).read_bytes())


@mangling
@given(edits=changes, kept=cuts)
def test_the_container_of_a_workbook(folder: Path, edits: list[Change], kept: int):
    original = raw_workbook(folder / "original.xlsx", raw_parts(CELLS)).read_bytes()
    ends_well(folder / "a", mangled(original, edits, kept))


@pytest.mark.skipif(not OF_OTHERS, reason="No workbooks of others are at hand")
@mangling
@given(edits=changes, kept=cuts | st.just(1_000), data=st.data())
def test_a_workbook_that_others_made(folder: Path, edits: list[Change], kept: int, data: st.DataObject):
    ends_well(folder / "a", mangled(data.draw(st.sampled_from(OF_OTHERS)).read_bytes(), edits, kept))


@settings(max_examples=max(15, EXAMPLES // 50), suppress_health_check=list(HealthCheck))
@given(edits=changes, part=st.sampled_from(sorted(raw_parts(CELLS))))
def test_the_reading_process_outlives_or_names_it(folder: Path, edits: list[Change], part: str):
    parts = raw_parts(CELLS)
    parts[part] = mangled(parts[part], edits)
    path = raw_workbook(folder / "whole.xlsx", parts)
    with refusals_are_sentences():
        report = inspect_workbook(path, limits=LIMITS)
        with read_rows(path, report.sheet, report.header.row, limits=LIMITS) as stream:
            assert all(len(batch) for batch in stream)


def rezipped(path: Path, part: str, edits: list[Change]) -> bytes:
    """The package with one part mangled, its directory sound."""
    written = BytesIO()
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as target:
        for name in source.namelist():
            content = source.read(name)
            target.writestr(name, mangled(content, edits) if name == part else content)
    return written.getvalue()
