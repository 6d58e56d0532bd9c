"""What may hide in the bytes of a part that is read as markup."""

import re
from dataclasses import dataclass

from ..refusals import DocumentTypeInside, WorkbookDamaged

OVERLAP = 256
DOCUMENT_TYPES = tuple(
    "<!DOCTYPE".encode(width) for width in ("utf-8", "utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be")
)
DECLARED_ENCODING = re.compile(rb"""^(?:\xef\xbb\xbf)?\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([A-Za-z0-9._-]+)""")
READABLE_ENCODINGS = (b"utf-8", b"us-ascii", b"ascii", b"iso-8859-1", b"windows-1252")


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


def looks_like_markup(head: bytes) -> bool:
    """True if a part that begins with these bytes may be read as XML, whatever its name is."""
    return head.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n").startswith(b"<")
