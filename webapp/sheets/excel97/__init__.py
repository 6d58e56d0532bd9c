"""Workbooks of Excel 5 to 2003 (.xls): a compound file that holds a stream of records."""

from .book import Excel97Book

__all__ = ["Excel97Book"]
