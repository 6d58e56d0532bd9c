"""Every part of a package inflated once, so that none can grow unseen later."""

from collections.abc import Collection

from ..xlsx.sheet_scan import SheetScan
from .container import Package
from .document_types import DocumentTypeScan, looks_like_markup


def scan_parts(package: Package, sheet_parts: Collection[str | None] = ()) -> dict[str | None, SheetScan]:
    """Checks every part without keeping it; answers the scans of the sheets by part name. Raises a WorkbookRefused."""
    scans: dict[str | None, SheetScan] = {}
    for name in package.parts:
        scan = SheetScan() if name in sheet_parts else None
        _scan_part(package, name, scan)
        if scan:
            scans[name] = scan
    return scans


def _scan_part(package: Package, name: str, sheet: SheetScan | None) -> None:
    markup: DocumentTypeScan | None = None
    for place, chunk in enumerate(package.chunks(name)):
        if place == 0 and looks_like_markup(chunk):
            markup = DocumentTypeScan(name)
        if markup:
            markup.feed(chunk)
        if sheet:
            sheet.feed(chunk)
    if sheet:
        sheet.finish()
