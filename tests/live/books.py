"""What the files of an installation say: its ledger, its datasets, its queue. Read directly, while others write."""

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

KEPT = "SELECT row, cells FROM rejected_rows WHERE import_id = ?"
GROUPS = "SELECT phase, field, header, code, value, reason, count, first_row FROM problem_groups WHERE import_id = ?"
COUNTERS = ("inserted", "updated", "unchanged", "rejected")


@dataclass(frozen=True)
class Cargo:
    """Everything that an import left: its counters, the rows of its dataset, its rejected cells, the rejected rows as
    they came, and the groups of equal problems, all in order.
    """

    counters: tuple[int, ...]
    rows: list[tuple[Any, ...]]
    rejected: list[tuple[Any, ...]]
    repeated: int
    kept: list[tuple[Any, ...]]
    groups: list[tuple[Any, ...]]

    def differences(self, other: "Cargo") -> list[str]:
        """In a few words, how the other one differs: not in thousands of lines."""
        found = [] if self.counters == other.counters else [f"counters {self.counters} and {other.counters}"]
        if self.repeated != other.repeated:
            found.append(f"{self.repeated} and {other.repeated} repeated")
        for what in ("rows", "rejected", "kept", "groups"):
            mine, theirs = getattr(self, what), getattr(other, what)
            if mine != theirs:
                odd = sorted(set(mine) ^ set(theirs))[:3]
                found.append(f"{len(mine)} and {len(theirs)} {what}; the first that only one has: {odd}")
        return found


class Books:
    """The databases in an instance folder."""

    def __init__(self, folder: Path):
        self._folder = folder

    def job(self, job_id: str) -> dict[str, Any]:
        """A job as the ledger has it."""
        return self.all("SELECT * FROM jobs WHERE id = ?", job_id)[0]

    def jobs(self) -> list[dict[str, Any]]:
        """All jobs, the oldest first."""
        return self.all("SELECT * FROM jobs ORDER BY created_at")

    def events(self, job_id: str) -> list[str]:
        """The names of a job's events, in order."""
        return [row["name"] for row in self.all("SELECT name FROM job_events WHERE job_id = ? ORDER BY id", job_id)]

    def cargo(self, job_id: str) -> Cargo:
        """What the import of this job left."""
        record = self._import(job_id)
        rows = "SELECT key, data FROM dataset_rows WHERE dataset_id = ? ORDER BY key"
        cells = 'SELECT sheet, row, "column", header, value, code, reason FROM rejected_cells WHERE import_id = ?'
        return Cargo(
            tuple(record[name] for name in COUNTERS),
            [tuple(row.values()) for row in self.all(rows, record["dataset_id"])],
            [tuple(row.values()) for row in self.all(f"{cells} ORDER BY id", record["id"])],
            record["repeated"],
            [tuple(row.values()) for row in self.all(f"{KEPT} ORDER BY row", record["id"])],
            [tuple(row.values()) for row in self.all(f"{GROUPS} ORDER BY id", record["id"])],
        )

    def rows_of(self, job_id: str) -> int:
        """How many rows the dataset has that the import of this job goes into."""
        query = "SELECT count(*) AS n FROM dataset_rows WHERE dataset_id = ?"
        return int(self.all(query, self._import(job_id)["dataset_id"])[0]["n"])

    def messages(self) -> int:
        """How many messages lie in the queue."""
        return int(self.all("SELECT count(*) AS n FROM task", database="queue.db")[0]["n"])

    def all(self, query: str, *values: Any, database: str = "app.db") -> list[dict[str, Any]]:
        """The rows of a query."""
        with closing(sqlite3.connect(self._folder / database, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            return [dict(row) for row in connection.execute(query, values)]

    def is_writable(self, seconds: float = 0.2) -> bool:
        """Whether a write transaction on the business database begins within so many seconds."""
        with closing(sqlite3.connect(self._folder / "app.db", timeout=seconds, isolation_level=None)) as connection:
            try:
                connection.execute("BEGIN IMMEDIATE")
            except sqlite3.OperationalError:
                return False
            connection.execute("ROLLBACK")
            return True

    def _import(self, job_id: str) -> dict[str, Any]:
        query = (
            "SELECT imports.*, dataset_id FROM imports JOIN import_templates ON import_templates.id = template_id"
            " JOIN jobs ON json_extract(jobs.arguments, '$.import_id') = imports.id WHERE jobs.id = ?"
        )
        return self.all(query, job_id)[0]
