"""OpenDocument spreadsheets (.ods): a package with one large part of XML."""

from .book import OpenDocumentBook

__all__ = ["OpenDocumentBook"]
