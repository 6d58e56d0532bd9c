"""The records that an old workbook consists of, and the texts in them (MS-XLS 2.1.4, 2.5.293, 2.5.294)."""

import struct
from collections.abc import Iterator

from ..refusals import WorkbookDamaged

RECORD = struct.Struct("<HH")
CONTINUE, END, BEGIN = 0x3C, 0x0A, 0x809
WIDE, PHONETIC, RICH = 0x1, 0x4, 0x8

Record = tuple[int, bytes]


def records(stream: bytes, start: int = 0) -> Iterator[Record]:
    """Kind and body of each record of one part of the stream: from its beginning at `start` to its end.

    What is nested in between, such as a chart, is passed over.
    """
    depth, at = 0, start
    while at + RECORD.size <= len(stream):
        kind, length = RECORD.unpack_from(stream, at)
        at += RECORD.size
        if kind == BEGIN:
            depth += 1
        elif kind == END:
            depth -= 1
            if depth <= 0:
                return
        if depth == 1:
            yield kind, stream[at : at + length]
        at += length


class Records:
    """Records one after the other, with a look at the one to come."""

    def __init__(self, stream: bytes, start: int = 0) -> None:
        self._following = records(stream, start)
        self._ahead = next(self._following, None)

    def __iter__(self) -> Iterator[Record]:
        while record := self._ahead:
            self._ahead = next(self._following, None)
            yield record

    def next_is(self, *kinds: int) -> bool:
        """Whether the record to come is of one of these kinds."""
        return self._ahead is not None and self._ahead[0] in kinds

    def bodies(self, first: bytes) -> list[bytes]:
        """The body of a record and of those that continue it."""
        bodies = [first]
        while self.next_is(CONTINUE):
            bodies.append(next(iter(self))[1])
        return bodies


class Texts:
    """Texts read one after the other from the body of a record and its continuations."""

    def __init__(self, bodies: list[bytes], at: int = 0) -> None:
        """`at` is the place of the first text in the first body."""
        self._bodies = bodies
        self._number = 0
        self._at = at

    def text(self, length_bytes: int = 2) -> str:
        """The next text; its length is stored in one byte or two. Raises struct.error or IndexError at the end."""
        (length,) = struct.unpack("<H" if length_bytes == 2 else "<B", self._take(length_bytes))
        flags = self._take(1)[0]
        runs = struct.unpack("<H", self._take(2))[0] if flags & RICH else 0
        phonetic = struct.unpack("<L", self._take(4))[0] if flags & PHONETIC else 0
        text = self._characters(length, bool(flags & WIDE))
        self._skip(runs * 4 + phonetic)
        return text

    def _characters(self, length: int, wide: bool) -> str:
        parts: list[str] = []
        while length:
            if self._at >= len(self._bodies[self._number]):
                # Each continuation says anew how wide its characters are.
                self._number, self._at = self._number + 1, 1
                wide = bool(self._bodies[self._number][0] & WIDE)
            width = 2 if wide else 1
            body = self._bodies[self._number]
            count = min(length, (len(body) - self._at) // width)
            if not count:
                raise WorkbookDamaged(detail="a text in it is cut off")
            piece = body[self._at : self._at + count * width]
            parts.append(piece.decode("utf-16-le" if wide else "latin-1", "replace"))
            self._at += count * width
            length -= count
        return "".join(parts)

    def _take(self, size: int) -> bytes:
        if self._at >= len(self._bodies[self._number]):
            self._number, self._at = self._number + 1, 0
        taken = self._bodies[self._number][self._at : self._at + size]
        self._at += size
        return taken

    def _skip(self, size: int) -> None:
        while size:
            left = len(self._bodies[self._number]) - self._at
            if left >= size:
                self._at += size
                return
            size -= left
            self._number, self._at = self._number + 1, 0
            if self._number >= len(self._bodies):
                return


def byte_text(body: bytes, at: int, length_bytes: int, encoding: str) -> str:
    """A text of Excel 5 and 95: its length, then one byte a character (or two, in East Asian encodings)."""
    length = int.from_bytes(body[at : at + length_bytes], "little")
    return body[at + length_bytes : at + length_bytes + length].decode(encoding, "replace")
