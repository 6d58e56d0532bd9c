"""The names of an old workbook's own properties, as Excel and LibreOffice keep them beside it (MS-OLEPS 2.21, 2.17)."""

import struct
from collections.abc import Iterator

STREAM = "\x05DocumentSummaryInformation"
OWN = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
"""What the set of a document's own properties is called, as its bytes stand in the file."""
DICTIONARY, CODE_PAGE = 0, 1
UTF_16, WESTERN = 1200, 1252
MOST = 1_000
"""Names that are read: a count beyond it comes from a broken file."""


def property_names(stream: bytes | None) -> tuple[str, ...]:
    """The names, in order; none where the stream is absent or broken."""
    try:
        return tuple(_names(stream)) if stream else ()
    except (struct.error, UnicodeDecodeError, LookupError):
        return ()


def _names(stream: bytes) -> Iterator[str]:
    (sets,) = struct.unpack_from("<L", stream, 24)
    for place in range(min(sets, 2)):
        kind, start = struct.unpack_from("<16sL", stream, 28 + 20 * place)
        if kind == OWN:
            yield from _names_of_set(stream, start)


def _names_of_set(stream: bytes, start: int) -> Iterator[str]:
    (count,) = struct.unpack_from("<L", stream, start + 4)
    places = dict(struct.unpack_from("<LL", stream, start + 8 + 8 * each) for each in range(min(count, MOST)))
    if DICTIONARY not in places:
        return
    page = struct.unpack_from("<LH", stream, start + places[CODE_PAGE])[1] if CODE_PAGE in places else WESTERN
    yield from _entries(stream, start + places[DICTIONARY], page)


def _entries(stream: bytes, at: int, page: int) -> Iterator[str]:
    (count,) = struct.unpack_from("<L", stream, at)
    at += 4
    for _ in range(min(count, MOST)):
        _, length = struct.unpack_from("<LL", stream, at)
        size = 2 * length if page == UTF_16 else length
        name = stream[at + 8 : at + 8 + size]
        yield name.decode(_codec(page)).rstrip("\0")
        # Only wide names are filled up to a whole number of four bytes.
        at += 8 + (size + 3) // 4 * 4 if page == UTF_16 else 8 + size


def _codec(page: int) -> str:
    return {UTF_16: "utf-16-le", 65001: "utf-8", 10000: "mac-roman"}.get(page, f"cp{page}")
