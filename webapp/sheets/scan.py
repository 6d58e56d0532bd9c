"""What the bytes of one part give away while they stream by.

Searching bytes is many times cheaper than parsing them. What it reports is a reason to look closer, not a fact about
a cell: a mark inside a comment counts too.
"""

import re
from dataclasses import dataclass

from .refusals import DocumentTypeInside, WorkbookDamaged

LONG_ROW = 1024 * 1024
OVERLAP = 256
DOCUMENT_TYPES = tuple(
    "<!DOCTYPE".encode(width) for width in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
DECLARED_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
READABLE_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")

# A formula at the end of its cell, or followed by an empty value: its result was never stored.
WITHOUT_RESULT = re.compile(
    rb"(?:</(?:\w+:)?f\s*>|<(?:\w+:)?f(?:\s[^>]*)?/>)\s*(?:</(?:\w+:)?c\s*>|<(?:\w+:)?v\s*/>|<(?:\w+:)?v\s*></)"
)


@dataclass(slots=True)
class DocumentTypeScan:
    """Refuses a part that declares a document type, in any width of characters."""

    part: str
    _marks: tuple[bytes, ...] = ()
    _tail: bytes = b""

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk. Raises DocumentTypeInside, or WorkbookDamaged for an encoding that could hide one."""
        if not self._marks:
            self._check_encoding(chunk)
            self._marks = DOCUMENT_TYPES if b"\0" in chunk[:64] else DOCUMENT_TYPES[:1]
        window = self._tail + chunk
        if any(mark in window for mark in self._marks):
            raise DocumentTypeInside(part=self.part[:100])
        self._tail = window[-OVERLAP:]

    def _check_encoding(self, head: bytes) -> None:
        declared = DECLARED_ENCODING.match(head)
        if declared and declared[1].lower() not in READABLE_ENCODINGS:
            raise WorkbookDamaged(detail=f"the part {self.part[:100]} is not written in UTF-8")


@dataclass(slots=True)
class SheetScan:
    """What a sheet's bytes gave away so far. Feed it the part's chunks in order, then call `finish`."""

    rows: int = 0
    """Rows that hold a value or a formula; phantom rows that are merely formatted are not counted."""
    has_errors: bool = False
    has_formulas_without_result: bool = False
    has_odd_serials: bool = False
    """Numbers below 0 or from 60 to 61, which a date format turns into dates that never were."""
    _row_end: bytes = b""
    _rest: bytes = b""
    _rest_is_filled: bool = False

    def feed(self, chunk: bytes) -> None:
        """Take the next chunk of the part."""
        window = self._rest + chunk
        if not self._row_end:
            self._row_end = _row_end(window)
        *rows, rest = window.split(self._row_end)
        if rows:
            self.rows += sum(map(_is_filled, rows)) + (self._rest_is_filled and not _is_filled(rows[0]))
            self._rest_is_filled = False
            self._look(window)
        if len(rest) > LONG_ROW:
            self._look(rest)
            self._rest_is_filled = self._rest_is_filled or _is_filled(rest)
            rest = rest[-OVERLAP:]
        self._rest = rest

    def finish(self) -> None:
        """Look at what is left after the last row."""
        self._look(self._rest)

    def _look(self, window: bytes) -> None:
        if not self.has_errors:
            self.has_errors = b't="e"' in window or b"t='e'" in window
        if not self.has_formulas_without_result and (b"<f" in window or b":f" in window):
            self.has_formulas_without_result = WITHOUT_RESULT.search(window) is not None
        if not self.has_odd_serials:
            self.has_odd_serials = b"v>-" in window or b"v>60<" in window or b"v>60." in window


def _is_filled(row: bytes) -> bool:
    return b"v>" in row or b"is>" in row or b"f>" in row


def _row_end(window: bytes) -> bytes:
    """The closing tag of a row, with the prefix that this sheet uses for its elements."""
    prefix = re.search(rb"<((?:\w+:)?)worksheet[\s>]", window)
    return b"</" + (prefix[1] if prefix else b"") + b"row>"


def looks_like_markup(head: bytes) -> bool:
    """True if a part that begins with these bytes may be read as XML, whatever its name is."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")
