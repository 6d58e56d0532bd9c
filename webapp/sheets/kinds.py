"""What a file truly is, from its bytes, whatever its name says."""

import re
from enum import Enum
from pathlib import Path

from .delimited.encodings import encoding_from_head
from .refusals import EmptyFile, NotAWorkbook, OldWorkbook, WebPage, WorkbookRefused, XmlSpreadsheet

HEAD = 4096
JSON_START = re.compile(r'\{\s*["}]|\[\s*[\[{"\d\]]')

ZIP_PART = b"PK\x03\x04"
ZIP_EMPTY = b"PK\x05\x06"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BARE_RECORDS = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")

SIGNATURES = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"II*\x00", "a TIFF image"),
    (b"MM\x00*", "a TIFF image"),
    (b"BM", "a bitmap image"),
    (b"RIFF", "an image or a recording"),
    (b"{\\rtf", "a rich text document"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"SQLite format 3", "a database file"),
    (b"PAR1", "a Parquet file"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)


class Container(Enum):
    """What a file is on its outside."""

    PACKAGE = "package"
    COMPOUND = "compound"
    TEXT = "text"


def container_of(path: Path) -> Container:
    """What holds the workbook; raises the refusal that names what the file is if it can be none."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    if head.startswith(ZIP_PART):
        return Container.PACKAGE
    if head.startswith(COMPOUND_FILE):
        return Container.COMPOUND
    refusal = _refusal(head)
    if refusal:
        raise refusal
    return Container.TEXT


def _refusal(head: bytes) -> WorkbookRefused | None:
    if not head:
        return EmptyFile()
    if head.startswith(ZIP_EMPTY):
        return NotAWorkbook(what="an empty zip archive")
    if head.startswith(BARE_RECORDS):
        return OldWorkbook()
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            return NotAWorkbook(what=what)
    return _text_refusal(head)


def _text_refusal(head: bytes) -> WorkbookRefused | None:
    encoding = encoding_from_head(head)
    if encoding is None:
        return NotAWorkbook(what="a file of an unknown kind")
    start = head.decode(encoding or "utf-8", errors="ignore").lstrip("\ufeff \t\r\n").lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<workbook" in start:
        return XmlSpreadsheet()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body", "<meta", "mime-version:")):
        return WebPage()
    if start.startswith("<?xml") and "<html" in start:
        return WebPage()
    if JSON_START.match(start):
        return NotAWorkbook(what="a JSON file")
    if start.startswith("<?xml") and "<office:document" in start:
        return NotAWorkbook(what="a flat OpenDocument file (.fods)")
    if start.startswith("<?xml"):
        return NotAWorkbook(what="an XML file")
    return None
