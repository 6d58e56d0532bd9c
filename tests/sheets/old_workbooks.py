"""Old workbooks (.xls) made for tests: a compound file around records, as small as they can be."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

SECTOR = 512
END_OF_CHAIN, FREE, TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
MOMENT_STYLE, DURATION_STYLE = 1, 2
"""Cell styles of `old_workbook`; 0 is plain."""


def compound_file(streams: Mapping[str, bytes]) -> bytes:
    """A compound file with these streams, each in sectors of its own behind the directory."""
    padded = {name: body.ljust(max(4096, -(-len(body) // SECTOR) * SECTOR), b"\0") for name, body in streams.items()}
    chains = [1 + len(padded) // 4, *(len(body) // SECTOR for body in padded.values())]
    table, starts = [TABLE], []
    for length in chains:
        starts.append(len(table))
        table += [*range(len(table) + 1, len(table) + length), END_OF_CHAIN]
    entries = [_entry("Root Entry", 5, END_OF_CHAIN, 0)]
    entries += [
        _entry(name, 2, start, len(body)) for (name, body), start in zip(padded.items(), starts[1:], strict=True)
    ]
    directory = b"".join(entries).ljust(chains[0] * SECTOR, b"\0")
    fat = struct.pack("<128L", *(table + [FREE] * (128 - len(table))))
    header = struct.pack("<8s16x5H6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<9L", 0, 1, starts[0], 0, 4096, END_OF_CHAIN, 0, END_OF_CHAIN, 0)
    header += struct.pack("<109L", 0, *[FREE] * 108)
    return header + fat + directory + b"".join(padded.values())


def _entry(name: str, kind: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le")
    return struct.pack("<64sHBB12x36xLLL", encoded, len(encoded) + 2, kind, 1, start, size, 0)


def record(kind: int, body: bytes = b"") -> bytes:
    """One record."""
    return struct.pack("<HH", kind, len(body)) + body


def text(value: str, length: str = "H") -> bytes:
    """A text as Excel 97 stores it, its length in two bytes ("H") or one ("B")."""
    return struct.pack(f"<{length}B", len(value), 1) + value.encode("utf-16-le")


BEGIN, END = record(0x809, struct.pack("<HH12x", 0x600, 5)), record(0x0A)


def cell(kind: int, row: int, column: int, body: bytes, style: int = 0) -> bytes:
    """A cell in this row (from 1) and column (from 0)."""
    return record(kind, struct.pack("<HHH", row - 1, column, style) + body)


def label(row: int, column: int, value: str) -> bytes:
    """A cell with a text of its own."""
    return cell(0x204, row, column, text(value))


def number(row: int, column: int, value: float, style: int = 0) -> bytes:
    """A cell with a number."""
    return cell(0x203, row, column, struct.pack("<d", value), style)


def formula(row: int, column: int, result: bytes, flags: int = 0) -> bytes:
    """A cell with a formula and the eight bytes of its result."""
    return cell(0x06, row, column, result + struct.pack("<H4xH", flags, 0))


def shared_texts(*bodies: bytes) -> bytes:
    """The record of shared texts; each further body continues the one before."""
    first, *further = bodies
    return record(0xFC, first) + b"".join(record(0x3C, body) for body in further)


def properties(names: Sequence[str], page: int) -> bytes:
    """The stream of a document's own properties with these names, in this code page; all of them are true."""
    values = struct.pack("<LHxx", 2, page) + struct.pack("<LHxx", 11, 0xFFFF) * len(names)
    listed = [(1, 0), *((number, 8 * (number - 1)) for number in range(2, 2 + len(names)))]
    start = 8 + 8 * (1 + len(listed))
    places = struct.pack("<LL", 0, start + len(values))
    places += b"".join(struct.pack("<LL", number, start + at) for number, at in listed)
    dictionary = struct.pack("<L", len(names))
    for number, name in enumerate(names, start=2):
        stored = (name + "\0").encode("utf-16-le" if page == 1200 else "utf-8")
        length = len(stored) // 2 if page == 1200 else len(stored)
        dictionary += (
            struct.pack("<LL", number, length) + stored + (b"\0" * (-len(stored) % 4) if page == 1200 else b"")
        )
    content = places + values + dictionary
    general = bytes.fromhex("02d5cdd59c2e1b10939708002b2cf9ae")
    own = bytes.fromhex("05d5cdd59c2e1b10939708002b2cf9ae")
    head = struct.pack("<HHL16xL16sL16sL", 0xFFFE, 0, 0x20005, 2, general, 68, own, 76) + struct.pack("<LL", 8, 0)
    return head + struct.pack("<LL", 8 + len(content), 1 + len(listed)) + content


def old_workbook(
    path: Path, *records: bytes, globals_: bytes = b"", hidden: bool = False, own: bytes | None = None
) -> Path:
    """A workbook with "Name" in A1 of "Sheet1" and these records behind it; `globals_` are further general records,
    `own` is the stream of its own properties.
    """
    styles = b"".join(record(0xE0, struct.pack("<HH16x", 0, number)) for number in (0, 22, 46))

    def start(at: int) -> bytes:
        listed = record(0x85, struct.pack("<LBB", at, int(hidden), 0) + text("Sheet1", "B"))
        return BEGIN + styles + globals_ + listed + END

    head = start(len(start(0)))
    streams = {"Workbook": head + BEGIN + label(1, 0, "Name") + b"".join(records) + END}
    path.write_bytes(compound_file(streams | ({"\x05DocumentSummaryInformation": own} if own is not None else {})))
    return path
