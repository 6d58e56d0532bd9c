"""The zip container of a workbook, read strictly: no part may lie about its size, its name or its place."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from ..limits import MEGABYTE, Limits
from ..refusals import (
    CutOff,
    FileTooLarge,
    InflatesTooFar,
    PackedTooTightly,
    PasswordProtected,
    TooManyParts,
    WorkbookDamaged,
)

CHUNK = 256 * 1024
TAIL = 65_535 + 22
END_RECORD = b"PK\x05\x06"
LOCAL_HEADER = struct.Struct("<4s5H3L2H")
LOCAL_SIGNATURE = b"PK\x03\x04"
ENCRYPTED = 0x1
LONGEST_ENTRY = 1_024
"""Bytes that one entry of the directory may take on average before it counts as an attack."""


@dataclass(slots=True)
class Package:
    """The parts of an open workbook file, by their names without a leading slash, in the order of their places."""

    file: BinaryIO
    limits: Limits
    parts: dict[str, zipfile.ZipInfo]
    inflated: int = field(default=0)
    """Bytes inflated so far, in all."""

    def find(self, name: str) -> str | None:
        """The stored name of a part; workbooks differ in case, slashes and a leading slash."""
        if name in self.parts:
            return name
        wanted = _folded(name)
        return next((stored for stored in self.parts if _folded(stored) == wanted), None)

    def read(self, name: str, most: int = 16 * MEGABYTE) -> bytes:
        """The whole of a small part. Raises WorkbookDamaged if it is missing or larger than `most` bytes."""
        stored = self.find(name)
        if stored is None:
            raise WorkbookDamaged(detail=f"the part {name[:100]} is missing")
        if self.parts[stored].file_size > most:
            raise InflatesTooFar(limit=most // MEGABYTE)
        return b"".join(self.chunks(stored))

    def chunks(self, name: str) -> Iterator[bytes]:
        """The inflated bytes of a part, counted and checked against what the directory declares about it."""
        part = self.parts[name]
        self._go_to_data(part)
        size, checksum = 0, 0
        for chunk in self._inflated_chunks(part):
            size += len(chunk)
            checksum = zlib.crc32(chunk, checksum)
            if size > part.file_size:
                break
            self._count(len(chunk))
            yield chunk
        if size != part.file_size or checksum != part.CRC:
            raise WorkbookDamaged(detail="a part of it is not what its directory says")

    def count_anew(self) -> None:
        """Forget what was inflated so far: the parts that have been seen whole are about to be read again."""
        self.inflated = 0

    def _go_to_data(self, part: zipfile.ZipInfo) -> None:
        self.file.seek(part.header_offset)
        header = self.file.read(LOCAL_HEADER.size)
        if len(header) < LOCAL_HEADER.size or not header.startswith(LOCAL_SIGNATURE):
            raise WorkbookDamaged(detail="a part of it is missing")
        *_, name_length, extra_length = LOCAL_HEADER.unpack(header)
        name = self.file.read(name_length)
        if _folded(name.decode("utf-8", "replace")) != _folded(part.orig_filename) and name.isascii():
            raise WorkbookDamaged(detail="a part of it goes by two names")
        self.file.seek(extra_length, 1)

    def _inflated_chunks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        if part.compress_type == zipfile.ZIP_STORED:
            yield from self._packed_chunks(part)
            return
        inflater = zlib.decompressobj(-15)
        try:
            for packed in self._packed_chunks(part):
                chunk = inflater.decompress(packed, CHUNK)
                yield chunk
                while chunk and inflater.unconsumed_tail:
                    chunk = inflater.decompress(inflater.unconsumed_tail, CHUNK)
                    yield chunk
            yield inflater.flush()
        except zlib.error:
            raise WorkbookDamaged(detail="a part of it cannot be unpacked") from None

    def _packed_chunks(self, part: zipfile.ZipInfo) -> Iterator[bytes]:
        left = part.compress_size
        while left > 0:
            chunk = self.file.read(min(left, CHUNK // 4))
            if not chunk:
                raise CutOff
            left -= len(chunk)
            yield chunk

    def _count(self, size: int) -> None:
        self.inflated += size
        # Small parts are read twice, for the outline and for the scan, hence a little more than the limit.
        if self.inflated > self.limits.inflated_bytes + 64 * MEGABYTE:
            raise InflatesTooFar(limit=self.limits.inflated_bytes // MEGABYTE)


def open_package(path: Path, file: BinaryIO, limits: Limits) -> Package:
    """Read the directory of the zip container in `file` and check it against `limits`. Raises a WorkbookRefused."""
    size = path.stat().st_size
    if size > limits.file_bytes:
        raise FileTooLarge(megabytes=-(-size // MEGABYTE), limit=limits.file_bytes // MEGABYTE)
    _check_end_record(file, size, limits)
    parts = _directory(file)
    package = Package(file, limits, {part.filename.lstrip("/"): part for part in parts})
    _check_count(parts, package, limits)
    _check_sizes(parts, limits)
    _check_places(parts)
    return package


def _check_end_record(file: BinaryIO, size: int, limits: Limits) -> None:
    """Bound the directory before it is read into memory."""
    file.seek(max(0, size - TAIL))
    tail = file.read(TAIL)
    place = tail.rfind(END_RECORD)
    if place < 0 or len(tail) - place < 22:
        raise CutOff
    entries, directory_size = struct.unpack_from("<HL", tail, place + 10)
    unknown = directory_size == 0xFFFFFFFF
    if entries > limits.parts or (directory_size > limits.parts * LONGEST_ENTRY and not unknown):
        raise TooManyParts(limit=limits.parts)


def _directory(file: BinaryIO) -> list[zipfile.ZipInfo]:
    try:
        return sorted(zipfile.ZipFile(file).infolist(), key=lambda part: part.header_offset)
    except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError, ValueError, OSError):
        raise CutOff from None


def _check_count(parts: list[zipfile.ZipInfo], package: Package, limits: Limits) -> None:
    if len(parts) > limits.parts:
        raise TooManyParts(limit=limits.parts)
    if len(package.parts) != len(parts):
        raise WorkbookDamaged(detail="two parts of it have the same name")
    if any(".." in name.replace("\\", "/").split("/") for name in package.parts):
        raise WorkbookDamaged(detail="a part of it has a name that leads out of the file")


def _check_sizes(parts: list[zipfile.ZipInfo], limits: Limits) -> None:
    if sum(part.file_size for part in parts) > limits.inflated_bytes:
        raise InflatesTooFar(limit=limits.inflated_bytes // MEGABYTE)
    for part in parts:
        if part.flag_bits & ENCRYPTED:
            raise PasswordProtected
        if part.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise WorkbookDamaged(detail="it is packed in a way that Excel does not use")
        if part.file_size > max(limits.suspicious_bytes, part.compress_size * limits.inflation_ratio):
            raise PackedTooTightly(ratio=limits.inflation_ratio)


def _check_places(parts: list[zipfile.ZipInfo]) -> None:
    """No two parts may share bytes: overlapping ones are how a small file unpacks without end."""
    end = 0
    for part in parts:
        if part.header_offset < end:
            raise WorkbookDamaged(detail="parts of it overlap")
        end = part.header_offset + LOCAL_HEADER.size + part.compress_size


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()
