"""The names of a workbook's own properties, by which a program can know again what it wrote.

They outlive being opened and saved: Excel and LibreOffice keep them. ECMA-376 part 1, 22.3; OpenDocument 1.3, 4.3.3.
"""

from ..refusals import WorkbookDamaged
from .container import Package
from .markup import Attributes, elements

PLACES = {"docProps/custom.xml": "property", "meta.xml": "user-defined"}
"""The part of each kind of workbook that holds them, and the name of their elements."""
MOST_BYTES = 1 << 20


def property_names(package: Package) -> tuple[str, ...]:
    """The names, in order; none where the part that holds them is broken. Raises DocumentTypeInside."""
    found: list[str] = []
    for part, wanted in PLACES.items():
        stored = package.find(part)
        if stored is not None and package.parts[stored].file_size <= MOST_BYTES:
            found += _named(package, stored, wanted)
    return tuple(found)


def _named(package: Package, part: str, wanted: str) -> list[str]:
    found: list[str] = []

    def visit(name: str, attributes: Attributes) -> None:
        if name == wanted and "name" in attributes:
            found.append(attributes["name"])

    try:
        elements(package.read(part), part, visit)
    except WorkbookDamaged:
        return []
    return found
