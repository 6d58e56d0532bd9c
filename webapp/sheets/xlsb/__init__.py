"""Binary workbooks of Excel 2007 and later (.xlsb): a package like .xlsx, with records instead of XML."""

from .book import BinaryBook

__all__ = ["BinaryBook"]
