"""A file opened as the book that it truly is, whatever its name says."""

from pathlib import Path

from .books import Book
from .delimited import DelimitedBook
from .excel97 import Excel97Book
from .kinds import Container, container_of
from .limits import Limits
from .opendocument import OpenDocumentBook
from .package import open_package
from .package_kinds import PackageKind, kind_of_package
from .packaged import PackagedBook
from .xlsb import BinaryBook


def open_book(path: Path, limits: Limits) -> Book:
    """The book. The file stays open as long as the process that reads it. Raises a WorkbookRefused."""
    container = container_of(path)
    if container is Container.TEXT:
        return DelimitedBook(path, limits)
    if container is Container.COMPOUND:
        return Excel97Book(path, limits)
    package = open_package(path, path.open("rb"), limits)
    kind = kind_of_package(package)
    if kind is PackageKind.BINARY:
        return BinaryBook(package, limits)
    if kind is PackageKind.OPEN_DOCUMENT:
        return OpenDocumentBook(package, limits)
    return PackagedBook(path, package, limits)
