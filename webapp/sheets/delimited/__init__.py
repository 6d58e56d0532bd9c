"""Text files with a row a line (.csv, .tsv): every cell is text, the encoding and the delimiter are found out."""

from .book import DelimitedBook

__all__ = ["DelimitedBook"]
