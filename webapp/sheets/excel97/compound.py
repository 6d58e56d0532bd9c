"""The compound file, a small file system in one file, in which old Office programs keep their streams (MS-CFB)."""

import struct
from array import array
from typing import BinaryIO

from ..refusals import CutOff, WorkbookDamaged

SIGNATURE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
LAST_SECTOR = 0xFFFFFFFA
"""Numbers from here on name no sector: free, end of chain, and the tables' own."""
DIRECTORY_ENTRY = 128
IN_HEADER = 109
"""Sectors of the allocation table that the header itself names."""
STREAM, ROOT = 2, 5


class CompoundFile:
    """The streams of an open compound file. Raises CutOff or WorkbookDamaged where its tables lead nowhere."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        header = file.read(512)
        if len(header) < 512 or not header.startswith(SIGNATURE):
            raise CutOff
        shift, small_shift = struct.unpack_from("<HH", header, 30)
        if shift not in (9, 12) or small_shift > shift:
            raise WorkbookDamaged(detail="its directory makes no sense")
        self._sector, self._small_sector = 1 << shift, 1 << small_shift
        self._most = file.seek(0, 2) // self._sector + 1
        self._next = self._allocation_table(header)
        directory, self._cutoff, small_table = (struct.unpack_from("<L", header, at)[0] for at in (48, 56, 60))
        self._entries = _entries(self._read(directory))
        root = next((entry for entry in self._entries if entry[1] == ROOT), ("", ROOT, LAST_SECTOR, 0))
        self._small_stream = self._read(root[2])
        self._small_next = _numbers(self._read(small_table))

    @property
    def names(self) -> set[str]:
        """The names of all streams and folders."""
        return {name for name, *_ in self._entries}

    def stream(self, *names: str) -> bytes | None:
        """The bytes of the first of these streams that is there, whatever the case of its name."""
        for wanted in names:
            for name, kind, start, size in self._entries:
                if kind == STREAM and name.casefold() == wanted.casefold():
                    return self._small(start)[:size] if size < self._cutoff else self._read(start)[:size]
        return None

    def _allocation_table(self, header: bytes) -> "array[int]":
        sectors = list(struct.unpack_from(f"<{IN_HEADER}L", header, 76))
        further, seen = struct.unpack_from("<L", header, 68)[0], 0
        while further < LAST_SECTOR and seen < self._most:
            *more, further = _numbers(self._at(further))
            sectors += more
            seen += 1
        table = array("I")
        for sector in sectors:
            if sector < LAST_SECTOR:
                table.extend(_numbers(self._at(sector)))
        return table

    def _at(self, sector: int) -> bytes:
        self._file.seek((sector + 1) * self._sector)
        content = self._file.read(self._sector)
        if not content:
            raise CutOff
        return content

    def _read(self, start: int) -> bytes:
        """The bytes of a chain of sectors."""
        content = bytearray()
        for sector in _chain(start, self._next):
            content += self._at(sector)
        return bytes(content)

    def _small(self, start: int) -> bytes:
        size = self._small_sector
        chain = _chain(start, self._small_next)
        return b"".join(self._small_stream[sector * size : (sector + 1) * size] for sector in chain)


def _chain(start: int, following: "array[int]") -> list[int]:
    chain: list[int] = []
    while start < LAST_SECTOR:
        if len(chain) > len(following):
            raise WorkbookDamaged(detail="its directory leads in a circle")
        chain.append(start)
        # A file that was written carelessly ends its table early: what it says so far is taken.
        start = following[start] if start < len(following) else LAST_SECTOR
    return chain


def _numbers(sectors: bytes) -> "array[int]":
    numbers = array("I")
    numbers.frombytes(sectors[: len(sectors) // 4 * 4])
    return numbers


def _entries(directory: bytes) -> list[tuple[str, int, int, int]]:
    """Name, kind, first sector and size in bytes of each entry."""
    entries = []
    for at in range(0, len(directory) - DIRECTORY_ENTRY + 1, DIRECTORY_ENTRY):
        length, kind = struct.unpack_from("<HB", directory, at + 64)
        start, size = struct.unpack_from("<LL", directory, at + 116)
        name = directory[at : at + min(64, max(0, length - 2))].decode("utf-16-le", "replace")
        entries.append((name, kind, start, size))
    return entries
