"""Which sheets a workbook has, which part holds each, and what kind of workbook it is."""

import posixpath
import re
from dataclasses import dataclass

from ..package.container import Package
from ..package.kinds import has_macros
from ..package.markup import Attributes, elements
from ..refusals import WorkbookDamaged

ROOT_RELATIONS = "_rels/.rels"

TRUE = ("1", "true")
APPLICATION = "docProps/app.xml"
# Excel states its build; programs that write in its name state a round version.
EXCELS_VERSION = re.compile(rb"<(?:\w+:)?AppVersion>\d\d\.0[1-9]\d\d<")


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
    is_calculated: bool
    """False where the program that wrote the workbook leaves it to the next one to calculate its formulas."""


def read_outline(package: Package) -> Outline:
    """Read the outline of an .xlsx or .xlsm workbook. Raises a WorkbookRefused."""
    main = main_part(package, "xl/workbook.xml")
    targets = relations(package, main)
    listed: list[Attributes] = []
    properties: Attributes = {}
    calculation: Attributes = {}

    def visit(name: str, attributes: Attributes) -> None:
        if name == "sheet":
            listed.append(attributes)
        # An extension at the end of the part may have an element of the same name.
        elif name == "workbookPr" and not properties:
            properties.update(attributes)
        elif name == "calcPr":
            calculation.update(attributes)

    elements(package.read(main), main, visit)
    sheets = tuple(_sheet(package, attributes, targets) for attributes in listed)
    waits = calculation.get("fullCalcOnLoad", "0") in TRUE
    return Outline(
        sheets, properties.get("date1904", "0") in TRUE, has_macros(package), not waits or _was_saved_by_excel(package)
    )


def _was_saved_by_excel(package: Package) -> bool:
    return package.find(APPLICATION) is not None and bool(EXCELS_VERSION.search(package.read(APPLICATION)))


def main_part(package: Package, usual: str) -> str:
    """The workbook part, to which the relations of the package lead, as Excel finds it; else the `usual` one."""
    found: list[str] = []

    def visit(name: str, attributes: Attributes) -> None:
        if name == "Relationship" and attributes.get("Type", "").endswith("/officeDocument"):
            found.append(attributes.get("Target", ""))

    if package.find(ROOT_RELATIONS):
        elements(package.read(ROOT_RELATIONS), ROOT_RELATIONS, visit)
    stored = package.find(found[0] if found else usual)
    if stored is None:
        raise WorkbookDamaged(detail="its list of sheets is missing")
    return stored


def relations(package: Package, main: str) -> dict[str, str]:
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


def _sheet(package: Package, attributes: Attributes, targets: dict[str, str]) -> SheetPart:
    target = targets.get(attributes.get("id", ""))
    hidden = attributes.get("state", "visible") != "visible"
    return SheetPart(attributes.get("name", ""), hidden, package.find(target) if target else None)
