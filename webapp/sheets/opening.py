"""A file opened as the book that it truly is, whatever its name says."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from .books import Book
from .delimited import DelimitedBook
from .excel97 import Excel97Book
from .facts import SheetFacts
from .kinds import Container, container_of
from .limits import Limits
from .opendocument import OpenDocumentBook
from .package.container import Package, open_package
from .package.kinds import PackageKind, kind_of_package
from .package.properties import property_names
from .xlsb import BinaryBook
from .xlsx.book import PackagedBook


@contextmanager
def open_book(path: Path, limits: Limits, known: SheetFacts | None = None) -> Iterator[Book]:
    """The book, whose file stays open as long as the block. Raises a WorkbookRefused.

    With `known`, found when this very file was opened before, the book has that sheet alone, and nothing is counted
    again.
    """
    container = container_of(path)
    with path.open("rb") as file:
        if container is Container.TEXT:
            yield DelimitedBook(path, limits, known)
        elif container is Container.COMPOUND:
            yield Excel97Book(path, file, limits, known)
        else:
            package = open_package(path, file, limits)
            book = _packaged_book(path, package, limits, known)
            book.properties = property_names(package)
            yield book


def _packaged_book(path: Path, package: Package, limits: Limits, known: SheetFacts | None) -> Book:
    kind = kind_of_package(package)
    if kind is PackageKind.BINARY:
        return BinaryBook(package, limits, known)
    if kind is PackageKind.OPEN_DOCUMENT:
        return OpenDocumentBook(package, limits, known)
    return PackagedBook(path, package, limits, known)
