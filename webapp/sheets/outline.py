"""Which sheets a workbook has, which part holds each, and what kind of workbook it is."""

import posixpath
from dataclasses import dataclass

from .markup import Attributes, elements
from .package import Package
from .refusals import BinaryWorkbook, NotAWorkbook, OpenDocumentSheet, WorkbookDamaged

CONTENT_TYPES = "[Content_Types].xml"
ROOT_RELATIONS = "_rels/.rels"
OPEN_DOCUMENT_TYPE = b"application/vnd.oasis.opendocument."

# Content types of the main part: ECMA-376 part 1, 12.3.23 and 12.3.20; those with macros are in MS-OFFMACRO2 2.2.
MAIN_TYPES = (b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml")
MACRO_TYPES = (b"ms-excel.sheet.macroenabled.main+xml", b"ms-excel.template.macroenabled.main+xml")
OTHER_TYPES = (
    (b"wordprocessingml.", "a Word document"),
    (b"presentationml.", "a PowerPoint presentation"),
    (b"ms-visio.", "a Visio drawing"),
)


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet as the workbook lists it; `part` is the name of the stored part, None if it cannot be found."""

    name: str
    hidden: bool
    part: str | None


@dataclass(frozen=True, slots=True)
class Outline:
    """The sheets in their order, the date system, and whether macros are inside (they are never run)."""

    sheets: tuple[SheetPart, ...]
    date1904: bool
    has_macros: bool


def read_outline(package: Package) -> Outline:
    """Read the outline. Raises the refusal that names what the package truly is if it is no workbook."""
    has_macros = _check_content(package)
    main = _main_part(package)
    relations = _relations(package, main)
    listed: list[Attributes] = []
    properties: Attributes = {}

    def visit(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            listed.append(attributes)
        # An extension at the end of the part may have an element of the same name.
        elif name == "workbookPr" and not properties:
            properties.update(attributes)

    elements(package.read(main), main, visit)
    sheets = tuple(_sheet(package, attributes, relations) for attributes in listed)
    return Outline(sheets, properties.get("date1904", "0") in ("1", "true"), has_macros)


def _check_content(package: Package) -> bool:
    """True if the workbook carries macros. Raises if the package is no .xlsx or .xlsm workbook."""
    if package.find(CONTENT_TYPES) is None:
        raise _foreign_archive(package)
    types = package.read(CONTENT_TYPES).lower()
    if b"ms-excel.sheet.binary" in types:
        raise BinaryWorkbook
    macros = any(kind in types for kind in MACRO_TYPES)
    if not macros and not any(kind in types for kind in MAIN_TYPES):
        what = next((what for mark, what in OTHER_TYPES if mark in types), "a zip archive")
        raise NotAWorkbook(what=what)
    return macros or any(name.lower().endswith("vbaproject.bin") for name in package.parts)


def _foreign_archive(package: Package) -> Exception:
    if "mimetype" in package.parts:
        kind = package.read("mimetype")
        if kind.startswith(OPEN_DOCUMENT_TYPE + b"spreadsheet"):
            return OpenDocumentSheet()
        if kind.startswith(OPEN_DOCUMENT_TYPE):
            return NotAWorkbook(what="an OpenDocument file, but no spreadsheet")
    if any(name.endswith(".iwa") for name in package.parts):
        return NotAWorkbook(what="an Apple Numbers or Pages document")
    return NotAWorkbook(what="a zip archive")


def _main_part(package: Package) -> str:
    """The workbook part; calamine and Excel find it through the relations of the package."""
    found: list[str] = []

    def visit(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", ""))

    if package.find(ROOT_RELATIONS):
        elements(package.read(ROOT_RELATIONS), ROOT_RELATIONS, visit)
    stored = package.find(found[0] if found else "xl/workbook.xml")
    if stored is None:
        raise WorkbookDamaged(detail="its list of sheets is missing")
    return stored


def _relations(package: Package, main: str) -> dict[str, str]:
    """Targets by relation id, as full part names."""
    folder, name = posixpath.split(main.replace("\\", "/"))
    part = posixpath.join(folder, "_rels", name + ".rels")
    targets: dict[str, str] = {}

    def visit(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and "Id" in attributes:
            target = attributes.get("Target", "").replace("\\", "/")
            targets[attributes["Id"]] = posixpath.normpath(posixpath.join("/" + folder, target)).lstrip("/")

    elements(package.read(part), part, visit)
    return targets


def _sheet(package: Package, attributes: Attributes, relations: dict[str, str]) -> SheetPart:
    target = relations.get(attributes.get("id", ""))
    hidden = attributes.get("state", "visible") != "visible"
    return SheetPart(attributes.get("name", ""), hidden, package.find(target) if target else None)
