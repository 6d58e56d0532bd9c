"""The peers of exports: FOLDER ROWS WRITER. Rows from memory into a workbook, without a database: their best."""

import json
import sys
import time
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from ..rows import FIELDS, rows

SHEET = "Data"


def openpyxl_write_only(path: Path, count: int) -> None:
    """openpyxl in the mode that keeps no cells."""
    import openpyxl

    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(SHEET)
    sheet.append(FIELDS)
    for row in rows(count):
        sheet.append(row)
    book.save(path)


def xlsxwriter_constant_memory(path: Path, count: int) -> None:
    """XlsxWriter in the mode that keeps no rows."""
    import xlsxwriter

    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    formats = {date: book.add_format({"num_format": 14}), datetime: book.add_format({"num_format": 22})}
    sheet = book.add_worksheet(SHEET)
    sheet.write_row(0, 0, FIELDS)
    for number, row in enumerate(rows(count), 1):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value, formats.get(type(value)))
    book.close()


def pandas_to_excel(path: Path, count: int) -> None:
    """pandas, from a frame."""
    import pandas

    pandas.DataFrame(rows(count), columns=FIELDS).to_excel(path, sheet_name=SHEET, index=False)


WRITERS: dict[str, Callable[[Path, int], None]] = {
    "openpyxl": openpyxl_write_only, "xlsxwriter": xlsxwriter_constant_memory, "pandas": pandas_to_excel,
}  # fmt: skip

if __name__ == "__main__":
    folder, count, name = sys.argv[1:]
    begun = time.perf_counter()
    WRITERS[name](Path(folder) / "export.xlsx", int(count))
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": int(count)}))
