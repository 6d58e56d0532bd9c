"""What a file truly is, from its bytes, whatever its name says."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

from .refusals import (
    EmptyFile,
    NotAWorkbook,
    OldWorkbook,
    PasswordProtected,
    TextFile,
    WebPage,
    WorkbookRefused,
    XmlSpreadsheet,
)

HEAD = 4096
CHUNK = 1024 * 1024

ZIP_PART = b"PK\x03\x04"
ZIP_EMPTY = b"PK\x05\x06"
COMPOUND_FILE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
BARE_BIFF = (b"\x09\x00\x04\x00", b"\x09\x02\x06\x00", b"\x09\x04\x06\x00", b"\x09\x08\x10\x00", b"\x09\x08\x08\x00")

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

# Names of streams inside a compound file; the first that is found decides. https://learn.microsoft.com/openspecs
# (MS-OFFCRYPTO 2.3, MS-XLS 2.1.2, MS-DOC 2.1, MS-PPT 2.1).
STREAMS: tuple[tuple[str, Callable[[], WorkbookRefused]], ...] = (
    ("EncryptedPackage", PasswordProtected),
    ("Workbook", OldWorkbook),
    ("WORKBOOK", OldWorkbook),
    ("Book", OldWorkbook),
    ("WordDocument", partial(NotAWorkbook, what="a Word document")),
    ("PowerPoint Document", partial(NotAWorkbook, what="a PowerPoint presentation")),
    ("__properties_version1.0", partial(NotAWorkbook, what="an Outlook message")),
)


def require_zip(path: Path) -> None:
    """Return if the file is a zip container with parts; else raise the refusal that names what it is."""
    with path.open("rb") as file:
        head = file.read(HEAD)
        if head.startswith(ZIP_PART):
            return
        raise _refusal(head, file)


def _refusal(head: bytes, file: BinaryIO) -> WorkbookRefused:
    if not head:
        return EmptyFile()
    if head.startswith(COMPOUND_FILE):
        return _compound_refusal(file)
    if head.startswith(ZIP_EMPTY):
        return NotAWorkbook(what="an empty zip archive")
    if head.startswith(BARE_BIFF):
        return OldWorkbook()
    for signature, what in SIGNATURES:
        if head.startswith(signature):
            return NotAWorkbook(what=what)
    return _text_refusal(head)


def _compound_refusal(file: BinaryIO) -> WorkbookRefused:
    found = _streams_found(file)
    for name, refusal in STREAMS:
        if name in found:
            return refusal()
    return NotAWorkbook(what="a file of an old Office program")


def _streams_found(file: BinaryIO) -> set[str]:
    """Stream names seen anywhere in the file: its directory may be at any place of it."""
    wanted = {name: name.encode("utf-16-le") + b"\0\0" for name, _ in STREAMS}
    found: set[str] = set()
    tail = b""
    file.seek(0)
    while chunk := file.read(CHUNK):
        window = tail + chunk
        found.update(name for name, mark in wanted.items() if mark in window)
        tail = chunk[-64:]
    return found


def _text_refusal(head: bytes) -> WorkbookRefused:
    text = _decoded(head)
    if text is None:
        return NotAWorkbook(what="a file of an unknown kind")
    start = text.lstrip("\ufeff \t\r\n").lower()
    if "urn:schemas-microsoft-com:office:spreadsheet" in start and "<workbook" in start:
        return XmlSpreadsheet()
    if start.startswith(("<!doctype html", "<html", "<table", "<head", "<body", "<meta", "mime-version:")):
        return WebPage()
    if start.startswith("<?xml") and "<html" in start:
        return WebPage()
    if start.startswith(("{", "[")):
        return NotAWorkbook(what="a JSON file")
    if start.startswith("<?xml"):
        return NotAWorkbook(what="an XML file")
    return TextFile()


def _decoded(head: bytes) -> str | None:
    """The head as text, None if it is not text. The last character may be cut in two."""
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        return head.decode("utf-16", errors="ignore")
    if b"\0" in head:
        return None
    control = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return head.decode("utf-8", errors="replace") if control <= len(head) // 100 else None
