"""Small XML parts read with expat, which is told to stop at any document type declaration."""

from collections.abc import Callable
from xml.parsers import expat

from ..refusals import DocumentTypeInside, WorkbookDamaged

Attributes = dict[str, str]


def elements(text: bytes, part: str, visit: Callable[[str, Attributes], None]) -> None:
    """Call `visit(name, attributes)` for each element in order; names come without their namespace.

    Strict and transitional workbooks, and those with prefixes, look alike then. Raises DocumentTypeInside and
    WorkbookDamaged, both naming `part`.
    """

    def start(name: str, attributes: Attributes) -> None:
        visit(_local(name), {_local(key): value for key, value in attributes.items()})

    def refuse(*_: object) -> None:
        raise DocumentTypeInside(part=part)

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = start
    parser.StartDoctypeDeclHandler = refuse
    try:
        parser.Parse(text, True)
    except expat.ExpatError:
        raise WorkbookDamaged(detail=f"the part {part[:100]} is not well-formed") from None


def _local(name: str) -> str:
    return name.rpartition(" ")[2]
