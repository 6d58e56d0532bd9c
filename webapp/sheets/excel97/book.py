"""An old workbook as a book: its sheets counted, its rows one by one."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from ..books import BookOfCells
from ..damage import damage_named
from ..facts import Notes, SheetFacts
from ..limits import MEGABYTE, Limits
from ..placed import Placed
from ..refusals import CutOff, FileTooLarge, NotAWorkbook, PasswordProtected, WorkbookDamaged
from .cells import SheetCells
from .compound import CompoundFile
from .globals import read_globals
from .properties import STREAM, property_names

# Streams and folders that tell what a compound file is; the first that is found decides (MS-OFFCRYPTO 2.3,
# MS-XLS 2.1.2, MS-DOC 2.1, MS-PPT 2.1).
OTHERS = {
    "WordDocument": "a Word document",
    "PowerPoint Document": "a PowerPoint presentation",
    "__properties_version1.0": "an Outlook message",
}
UNKNOWN = "a file of an old Office program"
ENCRYPTED = "EncryptedPackage"
MACROS = "_VBA_PROJECT_CUR"


class Excel97Book(BookOfCells):
    """Raises a WorkbookRefused that names what the compound file is if it is no workbook."""

    kind = "an Excel 97–2003 workbook (.xls)"

    def __init__(self, path: Path, file: BinaryIO, limits: Limits, known: SheetFacts | None = None) -> None:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise FileTooLarge(megabytes=-(-size // MEGABYTE), limit=limits.file_bytes // MEGABYTE)
        compound = _compound(file)
        self._stream = _records_of(compound)
        with damage_named():
            self._globals = read_globals(self._stream)
        self.has_macros = MACROS in compound.names
        self.date1904 = self._globals.date1904
        self.properties = property_names(compound.stream(STREAM))
        listed = [(sheet.name, sheet.hidden) for sheet in self._globals.sheets]
        self.sheets = [known] if known else self.surveyed(listed, limits)

    def cells(self, place: int, notes: Notes) -> Iterator[Placed]:
        """The cells of the sheet at that place of the list."""
        with damage_named():
            yield from SheetCells(self._stream, self._globals.sheets[place].start, self._globals).cells(notes)


def _compound(file: BinaryIO) -> CompoundFile:
    """The compound file; a broken one that was encrypted is said to be that, because mending it would not help."""
    try:
        with damage_named():
            return CompoundFile(file)
    except (CutOff, WorkbookDamaged):
        file.seek(0)
        if ENCRYPTED.encode("utf-16-le") in file.read():
            raise PasswordProtected from None
        raise


def _records_of(compound: CompoundFile) -> bytes:
    names = compound.names
    if ENCRYPTED in names:
        raise PasswordProtected
    stream = compound.stream("Workbook", "Book")
    if stream is None:
        raise NotAWorkbook(what=next((what for name, what in OTHERS.items() if name in names), UNKNOWN))
    return stream
