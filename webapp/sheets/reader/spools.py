"""The rows of a sheet as the reading process sent them, kept in a file: a workbook that is read twice is parsed once.

A spool is written whole and then renamed, and says what it was made of: another workbook, another sheet, another header
row or other rules for hidden parts make it worthless, and it is made anew.
"""

import logging
from collections.abc import Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from . import wire

MAGIC = b"LSROWS2\n"
END = wire.frame(wire.END, b"")
ENDING = ".part"

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Origin:
    """What the rows are those of."""

    sha256: str
    sheet: str
    header_row: int
    hidden: str


@dataclass(frozen=True, slots=True)
class Spool:
    """The place for the rows of one workbook, at `path`, and whether they are there."""

    path: Path
    origin: Origin

    def is_there(self) -> bool:
        """Whether the rows are kept here, all of them, and of this very origin."""
        try:
            with self.path.open("rb") as file:
                if file.read(len(self.beginning)) != self.beginning:
                    return False
                file.seek(-len(END), 2)
                return file.read() == END
        except OSError:
            return False

    def frames(self, after_row: int) -> Generator[tuple[bytes, bytes]]:
        """Kind and body of each frame, but for those with rows up to the one numbered `after_row` alone."""
        with self.path.open("rb") as file:
            file.seek(len(self.beginning))
            while len(head := file.read(wire.FRAME.size)) == wire.FRAME.size:
                kind, length = wire.FRAME.unpack(head)
                body = file.read(length)
                if kind == wire.END:
                    return
                if kind != wire.ROWS or wire.last_row_of(body) > after_row:
                    yield kind, body

    def keeping(self, frames: Iterator[tuple[bytes, bytes]], most_bytes: int) -> Generator[tuple[bytes, bytes]]:
        """The frames as they come, and kept here once the last has come, unless they are more than `most_bytes` or do
        not fit on the disk: then they are not.
        """
        writer = _Writer(self, most_bytes)
        try:
            for kind, body in frames:
                writer.add(kind, body)
                yield kind, body
            writer.finish()
        finally:
            writer.close()

    @property
    def beginning(self) -> bytes:
        """The first bytes of the file."""
        return MAGIC + wire.frame(wire.HEADER, msgspec.json.encode(self.origin))


class _Writer:
    """Writes a spool, beside its place until it is whole; gives up without a word of its own when it cannot."""

    def __init__(self, spool: Spool, most_bytes: int) -> None:
        self._spool, self._left = spool, most_bytes
        self._part = spool.path.with_name(spool.path.name + ENDING)
        self._file: BinaryIO | None = None
        with self._giving_up():
            self._file = self._part.open("wb")
            self._part.chmod(0o600)
            self._file.write(spool.beginning)

    def add(self, kind: bytes, body: bytes) -> None:
        """Writes one frame."""
        self._left -= len(body)
        if self._left < 0:
            self.close()
        if self._file is not None:
            with self._giving_up():
                self._file.write(wire.frame(kind, body))

    def finish(self) -> None:
        """Puts the whole into its place."""
        if self._file is not None:
            with self._giving_up():
                self._file.write(END)
                self._file.close()
                self._part.rename(self._spool.path)

    def close(self) -> None:
        """Leaves nothing that is not whole."""
        if self._file is not None:
            file, self._file = self._file, None
            with suppress(OSError):
                file.close()
            self._part.unlink(missing_ok=True)

    @contextmanager
    def _giving_up(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            log.warning("The rows of a workbook are not kept for the next reading: %s", error)
            self.close()


def remove(path: Path) -> None:
    """Deletes the spool at `path`, if there is one."""
    path.unlink(missing_ok=True)
    path.with_name(path.name + ENDING).unlink(missing_ok=True)
