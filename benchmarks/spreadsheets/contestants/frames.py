"""pandas: FOLDER FILE ENGINE. `read_excel` with that engine, then `to_sql` into SQLite in WAL mode."""

import json
import sys
import time

import pandas
from sqlalchemy import create_engine, event


def load(folder: str, file: str, engine: str) -> int:
    """Reads the first sheet into a table; answers how many rows it has."""
    frame = pandas.read_excel(file, engine=engine)
    database = create_engine(f"sqlite:///{folder}/frames.db")
    event.listen(database, "connect", _configure)
    return frame.to_sql("entries", database, index=False, chunksize=5_000)


def _configure(connection, _record) -> None:
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")


if __name__ == "__main__":
    begun = time.perf_counter()
    count = load(*sys.argv[1:])
    print(json.dumps({"seconds": time.perf_counter() - begun, "rows": count}))
