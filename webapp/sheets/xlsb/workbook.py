"""What holds for a whole binary workbook: its sheets, its shared texts, and how its numbers are formatted."""

import posixpath
import struct
from dataclasses import dataclass

from ..package.container import Package
from ..serials import style_of
from ..xlsx.outline import SheetPart, main_part, relations
from .records import records, text_at

# MS-XLSB 2.3.2: numbers of records.
PROPERTIES, SHEET, SHARED_TEXT, FORMAT = 153, 156, 19, 44
CELL_FORMATS, END_OF_CELL_FORMATS, CELL_FORMAT = 617, 618, 47
COUNTED_FROM_1904 = 0x1


@dataclass(frozen=True, slots=True)
class Workbook:
    """`styles` has the date style of each cell format, by its number."""

    sheets: tuple[SheetPart, ...]
    date1904: bool
    texts: list[str]
    styles: list[str | None]


def read_workbook(package: Package) -> Workbook:
    """Reads the small parts. Raises WorkbookDamaged."""
    main = main_part(package, "xl/workbook.bin")
    targets = relations(package, main)
    sheets: list[SheetPart] = []
    date1904 = False
    for kind, body in records([package.read(main)]):
        if kind == PROPERTIES:
            date1904 = bool(body[0] & COUNTED_FROM_1904)
        elif kind == SHEET:
            sheets.append(_sheet(package, body, targets))
    folder = posixpath.dirname(main)
    return Workbook(
        tuple(sheets),
        date1904,
        _texts(package, folder + "/sharedStrings.bin"),
        _styles(package, folder + "/styles.bin"),
    )


def _sheet(package: Package, body: bytes, targets: dict[str, str]) -> SheetPart:
    (state,) = struct.unpack_from("<L", body)
    relation, end = text_at(body, 8)
    name, _ = text_at(body, end)
    target = targets.get(relation)
    return SheetPart(name, state != 0, package.find(target) if target else None)


def _texts(package: Package, part: str) -> list[str]:
    stored = package.find(part)
    if stored is None:
        return []
    return [text_at(body, 1)[0] for kind, body in records(package.chunks(stored)) if kind == SHARED_TEXT]


def _styles(package: Package, part: str) -> list[str | None]:
    stored = package.find(part)
    if stored is None:
        return []
    formats: dict[int, str] = {}
    numbers: list[int] = []
    among_cell_formats = False
    for kind, body in records(package.chunks(stored)):
        if kind == FORMAT:
            formats[struct.unpack_from("<H", body)[0]] = text_at(body, 2)[0]
        elif kind in (CELL_FORMATS, END_OF_CELL_FORMATS):
            among_cell_formats = kind == CELL_FORMATS
        elif kind == CELL_FORMAT and among_cell_formats:
            numbers.append(struct.unpack_from("<H", body, 2)[0])
    return [style_of(number, formats.get(number)) for number in numbers]
