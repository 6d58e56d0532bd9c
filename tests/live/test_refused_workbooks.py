"""A file that is no usable workbook costs one clear sentence, by the page and by the command, and nothing stays."""

import re
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.sheets.workbooks import MAIN, cells_workbook, hours_workbook, raw_parts, raw_workbook, strings_xml

from .harbour import ADA, Harbour

pytestmark = pytest.mark.live
CORPUS = Path(__file__).resolve().parents[3] / "shared" / "workbooks"
JARGON = re.compile(r"Traceback|Exception|\w+Error|calamine|openpyxl|zipfile|parser|\bNone\b|\bnull\b", re.IGNORECASE)
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"


def picture(path: Path) -> None:
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0\0\0\rIHDR" + bytes(17) + zlib.compress(bytes(1_000)))


def web_page(path: Path) -> None:
    path.write_text("<html><table><tr><td>E1</td></tr></table></html>")


def nothing(path: Path) -> None:
    path.touch()


def encrypted(path: Path) -> None:
    """The beginning of an OLE container with the names that Excel gives to encrypted contents."""
    names = "".join(f"{name}\0" for name in ("EncryptionInfo", "EncryptedPackage")).encode("utf-16-le")
    path.write_bytes(bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + names.ljust(2_048, b"\0"))


def bomb(path: Path) -> None:
    raw_workbook(path, raw_parts("") | {STRINGS: strings_xml("A" * 100_000_000).encode()})


def document_type(path: Path) -> None:
    declaration = f'<?xml version="1.0"?><!DOCTYPE sst [<!ENTITY a "b">]><sst xmlns="{MAIN}"/>'
    raw_workbook(path, raw_parts("") | {STRINGS: declaration.encode()})


def farthest_cell(path: Path) -> None:
    raw_workbook(path, raw_parts('<row r="1048576"><c r="XFD1048576"><v>8</v></c></row>'))


def cut_off(path: Path) -> None:
    hours_workbook(path, 500)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def of_another_kind(path: Path) -> None:
    cells_workbook(path, '<c r="{at}"><v>1</v></c>')


REFUSED: list[tuple[Callable[[Path], None], str]] = [
    (picture, "not a workbook"),
    (web_page, "This is a web page"),
    (nothing, "The file is empty"),
    (encrypted, "is password-protected"),
    (bomb, "when it is unpacked"),
    (document_type, "document type declaration"),
    (farthest_cell, "No header was found"),
    (cut_off, "is cut off"),
]


@pytest.mark.parametrize(("make", "reason"), REFUSED, ids=[make.__name__ for make, _ in REFUSED])
def test_a_file_that_cannot_be_imported_is_refused_with_one_sentence(
    harbour: Harbour, tmp_path: Path, make: Callable[[Path], None], reason: str
):
    file = tmp_path / "hours.xlsx"
    make(file)
    assert_refused(harbour, file, reason)


def test_a_workbook_with_a_password_is_refused_with_one_sentence(harbour: Harbour):
    file = CORPUS / "calamine" / "pass_protected.xlsx"
    if not file.exists():
        pytest.skip("other people's workbooks are not here")
    assert_refused(harbour, file, "is password-protected")


def assert_refused(harbour: Harbour, file: Path, reason: str) -> None:
    page, crew = "/import-templates/1", {process.pid for process in harbour.consumer().children()}
    answer = harbour.ada.upload(f"{page}/uploads", file, page)
    assert (answer.status, reason in answer.words) == (422, True), answer.words
    arguments = ["--template", "Hours", "--owner", ADA, "--wait"]
    facts = harbour.json("imports", "run", str(file), *arguments, exit_code=1)
    assert facts["status"] == "failed"
    assert reason in facts["error_message"]
    assert not JARGON.search(facts["error_message"])
    assert facts["error_message"] in answer.words, "the page says the same"
    assert list((harbour.folder / "uploads").iterdir()) == harbour.books.jobs() == harbour.readers() == []
    assert {process.pid for process in harbour.consumer().children()} == crew


def test_after_a_refused_file_an_import_works(harbour: Harbour, tmp_path: Path, few_hours: Path):
    picture(tmp_path / "hours.xlsx")
    page = "/import-templates/1"
    assert harbour.ada.upload(f"{page}/uploads", tmp_path / "hours.xlsx", page).status == 422
    job_id = harbour.start_import(few_hours)
    assert harbour.ended(job_id)["state"] == "completed"
    assert harbour.books.cargo(job_id).counters == (100, 0, 0, 0)


def test_a_workbook_of_another_kind_is_asked_about_on_the_page_and_refused_by_the_command(
    harbour: Harbour, tmp_path: Path
):
    file = tmp_path / "hours.xlsx"
    of_another_kind(file)
    arguments = ["--template", "Hours", "--owner", ADA, "--wait"]
    facts = harbour.json("imports", "run", str(file), *arguments, exit_code=1)
    assert "lacks: Entry no" in facts["error_message"]
    assert list((harbour.folder / "uploads").iterdir()) == harbour.readers() == []
    page = "/import-templates/1"
    answer = harbour.ada.upload(f"{page}/uploads", file, page)
    assert (answer.status, "/mapping?template=1" in answer.words) == (303, True), answer.words
