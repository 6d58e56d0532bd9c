"""Tables that are written and read again."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from webapp.sheets import Cell, read_rows
from webapp.sheets.writing import Note, OutputColumn, start_writing

TYPES = ("text", "integer", "decimal", "percent", "boolean", "date", "datetime", "time", "duration")


def write(
    path: Path, columns: Sequence[OutputColumn], rows: Sequence[Sequence[Any]], title: str = "Data"
) -> list[Note]:
    """Writes the rows into a file of the kind that its ending says; answers the notes."""
    with path.open("wb") as file, start_writing(path.suffix[1:], file, columns, title) as writer:
        if rows:
            writer.write(list(zip(*rows, strict=True)))
    return list(writer.notes)


def write_column(path: Path, type_: str, values: Sequence[Any]) -> list[Note]:
    """Writes a table of one column, beside one that numbers the rows so that none is blank."""
    columns = [OutputColumn("No", "no", "integer"), OutputColumn("Value", "value", type_)]
    return write(path, columns, list(enumerate(values)))


def read_column(path: Path, sheet: str = "Data") -> list[Cell]:
    """What the reader of workbooks makes of that column."""
    with read_rows(path, sheet, 1) as stream:
        return [cells[1] for batch in stream for _, cells in batch.rows]
