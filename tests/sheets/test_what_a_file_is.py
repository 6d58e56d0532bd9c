"""A file that is no workbook is named for what it is, whatever its name says."""

import struct
import zipfile
from pathlib import Path

import pytest

from webapp.sheets import WorkbookRefused, inspect_workbook

from .old_workbooks import compound_file
from .workbooks import raw_parts, raw_workbook, workbook

NAMES_OF_KINDS = {
    "an empty file": (b"", "is empty"),
    "an encrypted workbook": (compound_file({"EncryptedPackage": b""}), "is password-protected"),
    "a Word document": (compound_file({"WordDocument": b""}), "a Word document"),
    "an unknown compound file": (compound_file({"Contents": b""}), "old Office program"),
    "a torn compound file": (compound_file({"Workbook": b""})[:600], "cut off"),
    "a workbook of Excel 4": (b"\x09\x04\x06\x00\x00\x00\x10\x00", "Excel 4 or older"),
    "lines without anything": (b"\n\n\n", "is empty"),
    "a web page": (b"<html><body><table><tr><td>1</td></tr></table></body></html>", "web page (HTML)"),
    "a web page with a doctype": (b"\n<!DOCTYPE html><html></html>", "web page (HTML)"),
    "a spreadsheet in XML": (
        b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>',
        "XML spreadsheet of Excel 2003",
    ),
    "a flat OpenDocument file": (
        b'<?xml version="1.0"?><office:document xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"/>',
        "a flat OpenDocument file (.fods), not a workbook",
    ),
    "some XML": (b'<?xml version="1.0"?><orders/>', "an XML file"),
    "JSON": (b'{"rows": []}', "a JSON file"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(64), "a PNG image"),
    "a photograph": (b"\xff\xd8\xff\xe0" + bytes(64), "a JPEG image"),
    "a PDF": (b"%PDF-1.7\n" + bytes(64), "a PDF document"),
    "an archive": (b"\x1f\x8b\x08" + bytes(64), "a gzip archive"),
    "an empty archive": (b"PK\x05\x06" + bytes(18), "an empty zip archive"),
    "a program": (b"\x7fELF" + bytes(64), "a program"),
    "noise": (bytes(range(256)) * 4, "unknown kind"),
}


def sentence_about(path: Path) -> str:
    with pytest.raises(WorkbookRefused) as refused:
        inspect_workbook(path)
    return refused.value.sentence


@pytest.mark.parametrize(("content", "words"), NAMES_OF_KINDS.values(), ids=NAMES_OF_KINDS.keys())
def test_each_kind_of_file_is_called_by_its_name(tmp_path: Path, content: bytes, words: str):
    path = tmp_path / "hours.xlsx"
    path.write_bytes(content)
    assert words in sentence_about(path)


def archive(path: Path, **parts: bytes) -> Path:
    with zipfile.ZipFile(path, "w") as container:
        for name, body in parts.items():
            container.writestr(name, body)
    return path


def test_an_archive_without_a_workbook_is_called_an_archive(tmp_path: Path):
    assert "a zip archive" in sentence_about(archive(tmp_path / "a.xlsx", readme=b"hello"))


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        (b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml", "a Word document"),
        (b"application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml", "a PowerPoint"),
    ],
)
def test_other_packages_of_office_are_called_by_their_names(tmp_path: Path, kind: bytes, words: str):
    types = b'<Types><Override PartName="/x" ContentType="' + kind + b'"/></Types>'
    assert words in sentence_about(raw_workbook(tmp_path / "a.xlsx", {"[Content_Types].xml": types}))


def test_a_workbook_with_macros_is_read_and_its_macros_are_mentioned(tmp_path: Path):
    parts = raw_parts('<row r="1"><c r="A1" t="s"><v>0</v></c></row>')
    types = parts["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    parts |= {"[Content_Types].xml": types, "xl/vbaProject.bin": b"\0"}
    assert inspect_workbook(raw_workbook(tmp_path / "a.xlsm", parts)).has_macros


def test_a_part_locked_with_a_zip_password_is_called_protected(tmp_path: Path):
    path = workbook(tmp_path / "a.xlsx", [["Name"], ["Ada"]])
    content = bytearray(path.read_bytes())
    place = content.find(b"PK\x01\x02")
    (flags,) = struct.unpack_from("<H", content, place + 8)
    struct.pack_into("<H", content, place + 8, flags | 1)
    path.write_bytes(content)
    assert "password-protected" in sentence_about(path)
