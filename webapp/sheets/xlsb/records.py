"""The records of a part of a binary workbook (MS-XLSB 2.1.4), and the texts in them (2.5.168)."""

from collections.abc import Iterable, Iterator

from ..limits import MEGABYTE
from ..refusals import WorkbookDamaged

LONGEST_RECORD = 16 * MEGABYTE

Record = tuple[int, bytes]


def records(chunks: Iterable[bytes]) -> Iterator[Record]:
    """Kind and body of each record. Raises WorkbookDamaged where one says that it is larger than any can be."""
    rest = b""
    for chunk in chunks:
        rest += chunk
        at = 0
        while (record := _record_at(rest, at)) is not None:
            kind, start, end = record
            yield kind, rest[start:end]
            at = end
        rest = rest[at:]


def _record_at(window: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, start and end of the body; None if the window ends before the record does."""
    # Numbers are stored in groups of seven bits, the lowest first; the eighth bit says that there is one more.
    size = len(window)
    if at + 2 > size:
        return None
    kind = window[at]
    at += 1
    if kind & 0x80:
        kind = (kind & 0x7F) | (window[at] & 0x7F) << 7
        at += 1
    length, shift = 0, 0
    while True:
        if at >= size:
            return None
        byte = window[at]
        at += 1
        length |= (byte & 0x7F) << shift
        if byte < 0x80 or shift == 21:
            break
        shift += 7
    if length > LONGEST_RECORD:
        raise WorkbookDamaged(detail="its records do not fit together")
    return (kind, at, at + length) if at + length <= size else None


def text_at(body: bytes, at: int) -> tuple[str, int]:
    """The text at this place of a record, and the place behind it."""
    length = int.from_bytes(body[at : at + 4], "little")
    if length == 0xFFFFFFFF:
        return "", at + 4
    end = at + 4 + length * 2
    if end > len(body):
        raise WorkbookDamaged(detail="a text in it is cut off")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end
