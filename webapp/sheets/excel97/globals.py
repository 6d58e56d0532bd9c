"""The first part of an old workbook: its sheets, its shared texts, and how its numbers are formatted."""

import codecs
import struct
from dataclasses import dataclass, field

from ..refusals import PasswordProtected, WorkbookDamaged
from ..serials import style_of
from .records import Records, Texts, byte_text

BIFF8 = 0x600
FILE_PASS, CODE_PAGE, DATE_MODE, SHEET, SHARED_TEXTS, FORMAT, CELL_FORMAT = 0x2F, 0x42, 0x22, 0x85, 0xFC, 0x41E, 0xE0
WORKSHEET = 0
CODE_PAGES = {1200: "utf-16-le", 10000: "mac-roman", 32768: "mac-roman", 32769: "cp1252"}


@dataclass(frozen=True, slots=True)
class ListedSheet:
    """A sheet of cells as the workbook lists it; `start` is where its part of the stream begins."""

    name: str
    hidden: bool
    start: int


@dataclass(slots=True)
class Globals:
    """What holds for the whole workbook. `styles` has the date style of each cell format, by its number."""

    is_wide: bool = True
    """Whether texts are stored as in Excel 97 and later, in Unicode."""
    encoding: str = "cp1252"
    date1904: bool = False
    sheets: list[ListedSheet] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    styles: list[str | None] = field(default_factory=list)


def read_globals(stream: bytes) -> Globals:
    """Reads the first part of the stream. Raises PasswordProtected or WorkbookDamaged."""
    if len(stream) < 8:
        raise WorkbookDamaged(detail="its stream of records is empty")
    found = Globals(is_wide=struct.unpack_from("<H", stream, 4)[0] >= BIFF8)
    formats: dict[int, str] = {}
    cell_formats: list[int] = []
    following = Records(stream)
    for kind, body in following:
        if kind == SHARED_TEXTS:
            found.texts = _texts(following.bodies(body))
        elif kind == FORMAT:
            number, code = _format(found, body)
            formats[number] = code
        elif kind == CELL_FORMAT:
            cell_formats.append(struct.unpack_from("<H", body, 2)[0])
        else:
            _note(found, kind, body)
    found.styles = [style_of(number, formats.get(number)) for number in cell_formats]
    return found


def _note(found: Globals, kind: int, body: bytes) -> None:
    if kind == FILE_PASS:
        raise PasswordProtected
    if kind == CODE_PAGE and not found.is_wide:
        found.encoding = _encoding(struct.unpack("<H", body[:2])[0])
    elif kind == DATE_MODE:
        found.date1904 = body[:1] == b"\x01"
    elif kind == SHEET and body[5] == WORKSHEET:
        start, state = struct.unpack_from("<LB", body)
        found.sheets.append(ListedSheet(_sheet_name(found, body), bool(state & 3), start))


def _sheet_name(found: Globals, body: bytes) -> str:
    return Texts([body], 6).text(1) if found.is_wide else byte_text(body, 6, 1, found.encoding)


def _format(found: Globals, body: bytes) -> tuple[int, str]:
    code = Texts([body], 2).text() if found.is_wide else byte_text(body, 2, 1, found.encoding)
    return struct.unpack_from("<H", body)[0], code


def _texts(bodies: list[bytes]) -> list[str]:
    """The shared texts, as many as there are: programs differ in what they count in the record itself.

    One that is missing shows where a cell refers to it.
    """
    texts, found = Texts(bodies, 8), list[str]()
    try:
        while True:
            found.append(texts.text())
    except (IndexError, struct.error):
        return found


def _encoding(code_page: int) -> str:
    name = CODE_PAGES.get(code_page, f"cp{code_page}")
    try:
        return codecs.lookup(name).name
    except LookupError:
        return "cp1252"
