"""How the characters of a text file are stored."""

import codecs
from pathlib import Path

CHUNK = 1024 * 1024
MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
NAMES = {
    "utf-8-sig": "UTF-8 with byte order mark",
    "utf-8": "UTF-8",
    "utf-16": "UTF-16",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32": "UTF-32",
    "cp1252": "Windows-1252",
}
MOSTLY = 0.9


def encoding_from_head(head: bytes) -> str | None:
    """The encoding that the first bytes of a file show, "" if any with one byte a character; None if it is no text."""
    for mark, encoding in MARKS:
        if head.startswith(mark):
            return encoding
    if b"\0" in head:
        return _wide_encoding(head)
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return "" if controls <= len(head) // 100 else None


def _wide_encoding(head: bytes) -> str | None:
    """UTF-16 without a mark: of a text in a western language, every second byte is zero."""
    even, odd = head[0::2], head[1::2]
    for zeros, others, encoding in ((odd, even, "utf-16-le"), (even, odd, "utf-16-be")):
        if zeros and zeros.count(0) >= len(zeros) * MOSTLY and not others.count(0):
            return encoding
    return None


def encoding_of(path: Path, head: bytes) -> str:
    """The name of the encoding: what the head shows, else UTF-8 where all of the file is that, else Windows-1252."""
    shown = encoding_from_head(head)
    if shown:
        return shown
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                decoder.decode(chunk)
            decoder.decode(b"", True)
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"
