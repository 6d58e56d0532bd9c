"""Makes a workbook, in the peers' environment: `python -m benchmarks.spreadsheets.making FILE ROWS`."""

import sys
from datetime import date, datetime

import xlsxwriter

from .rows import FIELDS, rows


def make(path: str, count: int) -> None:
    """As Excel does: texts are shared between cells, moments are numbers with a format."""
    book = xlsxwriter.Workbook(path, {"use_zip64": True})
    formats = {
        date: book.add_format({"num_format": "yyyy-mm-dd"}),
        datetime: book.add_format({"num_format": "yyyy-mm-dd hh:mm"}),
    }
    sheet = book.add_worksheet("Data")
    sheet.write_row(0, 0, FIELDS)
    for number, row in enumerate(rows(count), 1):
        for place, value in enumerate(row):
            if value is not None:
                sheet.write(number, place, value, formats.get(type(value)))
    book.close()


if __name__ == "__main__":
    make(sys.argv[1], int(sys.argv[2]))
