"""A text file as a book with one sheet."""

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ..books import Book
from ..facts import SheetFacts
from ..limits import MEGABYTE, Limits
from ..placed import Row
from ..refusals import EmptyFile, FileTooLarge, TextCannotBeDecoded, TextCellTooLong, TooManyRows
from .dialects import NAMES as DELIMITER_NAMES
from .dialects import delimiter_of, hinted
from .encodings import NAMES as ENCODING_NAMES
from .encodings import encoding_of

HEAD = 4_096
SAMPLED_LINES = 200
LONGEST_SAMPLED_LINE = 10_000


class DelimitedBook(Book):
    """Raises a WorkbookRefused where the text cannot be read as it was found to be written."""

    kind = "a text file"

    def __init__(self, path: Path, limits: Limits, known: SheetFacts | None = None) -> None:
        size = path.stat().st_size
        if size > limits.file_bytes:
            raise FileTooLarge(megabytes=-(-size // MEGABYTE), limit=limits.file_bytes // MEGABYTE)
        self._path, self._limits = path, limits
        with path.open("rb") as file:
            self._codec = encoding_of(path, file.read(HEAD))
        sample = self._sample()
        hint = hinted(sample[0]) if sample else None
        self._skipped = 1 if hint else 0
        self._delimiter = hint or delimiter_of(sample)
        self.encoding = ENCODING_NAMES.get(self._codec, self._codec)
        self.delimiter = DELIMITER_NAMES.get(self._delimiter, self._delimiter)
        self.sheets = [known or SheetFacts(place=0, name="Text", hidden=False, rows=self._count())]

    def rows(self, sheet: SheetFacts, first: int, last: int, width: int) -> Iterator[Row]:
        """Rows with anything in them, quicker than by single cells."""
        blank = [""] * width
        for number, row in self._records():
            if number > last:
                return
            cells: list[Any] = (row + blank)[:width] if len(row) < width else row[:width]
            if number >= first and cells != blank:
                yield number, cells

    def _sample(self) -> list[str]:
        try:
            with self._path.open(encoding=self._codec, errors=self._errors, newline="") as file:
                return [line for line in (file.readline(LONGEST_SAMPLED_LINE) for _ in range(SAMPLED_LINES)) if line]
        except UnicodeError:
            raise TextCannotBeDecoded(encoding=ENCODING_NAMES.get(self._codec, self._codec)) from None

    @property
    def _errors(self) -> str:
        # Five bytes mean nothing in Windows-1252.
        return "replace" if self._codec == "cp1252" else "strict"

    def _records(self) -> Iterator[tuple[int, list[str]]]:
        """The rows by their numbers as Excel would count them: a line break inside quotes begins no row."""
        csv.field_size_limit(self._limits.cell_characters)
        number = self._skipped
        try:
            with self._path.open(encoding=self._codec, errors=self._errors, newline="") as file:
                reader = csv.reader(islice(file, self._skipped, None), delimiter=self._delimiter)
                for number, row in enumerate(reader, self._skipped + 1):
                    yield number, row
        except csv.Error:
            raise TextCellTooLong(row=number + 1, limit=self._limits.cell_characters) from None
        except UnicodeError:
            raise TextCannotBeDecoded(encoding=str(self.encoding)) from None

    def _count(self) -> int:
        rows = 0
        for _, row in self._records():
            rows += any(row)
            if rows > self._limits.rows:
                raise TooManyRows(sheet="Text", rows=f"more than {self._limits.rows}", limit=self._limits.rows)
        if not rows:
            raise EmptyFile
        return rows
