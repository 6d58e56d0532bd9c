"""The raw limit: FOLDER FILE. Cells stream into a table of SQLite, with no check, no checkpoint and no progress."""

import json
import sqlite3
import sys
import time
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from itertools import islice

import python_calamine_plus as calamine

from ..rows import FIELDS

AT_A_TIME = 5_000
sqlite3.register_adapter(date, date.isoformat)
sqlite3.register_adapter(datetime, datetime.isoformat)


def load(folder: str, file: str) -> int:
    """Reads the first sheet into a new database; answers how many rows there are in it."""
    connection = sqlite3.connect(f"{folder}/raw.db")
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")
    connection.execute(f"CREATE TABLE entries ({FIELDS[0]} PRIMARY KEY, {', '.join(FIELDS[1:])})")
    rows = iter(calamine.CalamineWorkbook.from_path(file).stream_sheet_by_index(0, max_col=len(FIELDS) - 1))
    next(rows)
    for some in portions(rows):
        with connection:
            connection.executemany(f"INSERT INTO entries VALUES ({', '.join('?' * len(FIELDS))})", some)
    return connection.execute("SELECT count(*) FROM entries").fetchone()[0]


def portions(rows: Iterable[list]) -> Iterator[list[list]]:
    """Lists of rows."""
    rows = iter(rows)
    while some := list(islice(rows, AT_A_TIME)):
        yield some


if __name__ == "__main__":
    begun = time.perf_counter()
    count = load(*sys.argv[1:])
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": count}))
