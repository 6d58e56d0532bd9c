"""Which kind of workbook a package holds, from what it says of its contents."""

from enum import Enum

from ..refusals import NotAWorkbook
from .container import Package

CONTENT_TYPES = "[Content_Types].xml"
OPEN_DOCUMENT_TYPE = b"application/vnd.oasis.opendocument."

# Content types of the main part: ECMA-376 part 1, 12.3.23 and 12.3.20; those with macros are in MS-OFFMACRO2 2.2.
MAIN_TYPES = (b"spreadsheetml.sheet.main+xml", b"spreadsheetml.template.main+xml")
MACRO_TYPES = (b"ms-excel.sheet.macroenabled.main+xml", b"ms-excel.template.macroenabled.main+xml")
BINARY_TYPE = b"ms-excel.sheet.binary"
OTHER_TYPES = (
    (b"wordprocessingml.", "a Word document"),
    (b"presentationml.", "a PowerPoint presentation"),
    (b"ms-visio.", "a Visio drawing"),
)


class PackageKind(Enum):
    """The kinds of workbook that are packages."""

    XML = "xml"
    BINARY = "binary"
    OPEN_DOCUMENT = "open document"


def kind_of_package(package: Package) -> PackageKind:
    """The kind; raises the refusal that names what the package truly is if it is no workbook."""
    if package.find(CONTENT_TYPES) is None:
        return _kind_of_archive(package)
    types = package.read(CONTENT_TYPES).lower()
    if BINARY_TYPE in types:
        return PackageKind.BINARY
    if any(kind in types for kind in MAIN_TYPES + MACRO_TYPES):
        return PackageKind.XML
    raise NotAWorkbook(what=next((what for mark, what in OTHER_TYPES if mark in types), "a zip archive"))


def has_macros(package: Package) -> bool:
    """Whether a workbook of Excel carries macros, which are never run."""
    types = package.read(CONTENT_TYPES).lower()
    return any(kind in types for kind in MACRO_TYPES) or any(
        name.lower().endswith("vbaproject.bin") for name in package.parts
    )


def _kind_of_archive(package: Package) -> PackageKind:
    if "mimetype" in package.parts:
        kind = package.read("mimetype")
        if kind.startswith(OPEN_DOCUMENT_TYPE + b"spreadsheet"):
            return PackageKind.OPEN_DOCUMENT
        if kind.startswith(OPEN_DOCUMENT_TYPE):
            raise NotAWorkbook(what="an OpenDocument file, but no spreadsheet")
    if any(name.endswith(".iwa") for name in package.parts):
        raise NotAWorkbook(what="an Apple Numbers or Pages document")
    raise NotAWorkbook(what="a zip archive")
