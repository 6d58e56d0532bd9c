"""The databases of a scratch installation: jobs are put into them, and they are read while others write."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from typing import Any

from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp.db import engines_of_file
from webapp.jobs import Kernel, Settings

from .models import Proof
from .scratch import Scratch

DATABASES = "app.db", "queue.db", "cache.db"
BUSY_WORKERS = text("SELECT worker FROM jobs WHERE worker IS NOT NULL")
UNFINISHED = text("SELECT count(*) FROM jobs WHERE completed_at IS NULL AND handler LIKE :handlers")
HOUSEKEEPERS = text("SELECT id FROM job_workers")


class NoCache(dict[str, Any]):
    """The installation shows its jobs itself."""

    def set_many(self, mapping: dict[str, Any], timeout: int | None = None) -> None:
        """Keeps nothing."""


class Store:
    """Reads and writes what a scratch installation has stored, with a kernel of its own."""

    def __init__(self, scratch: Scratch):
        self._folder = scratch.folder
        self._engine, self._writing_engine = engines_of_file(scratch.folder / "app.db")
        Proof.metadata.create_all(self._writing_engine)
        secret = (scratch.folder / "secret_key").read_text().strip().encode()
        settings = Settings(scratch.pools, scratch.folder / "queue.db", secret, active_limit=1000)
        self.kernel = Kernel(settings, self.writing, self.reading, NoCache())

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A session in a write transaction, as the installation's own are."""
        with Session(self._writing_engine, expire_on_commit=False) as session, session.begin():
            yield session

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session that reads."""
        with Session(self._engine, expire_on_commit=False) as session:
            yield session

    def all(self, query: str, **values: Any) -> list[Any]:
        """The rows of a query."""
        with self.reading() as session:
            return list(session.execute(text(query), values))

    def unfinished(self, handlers: str = "%") -> int:
        """How many jobs have not ended, of the handlers whose names are like this."""
        with self.reading() as session:
            return int(session.scalar(UNFINISHED, {"handlers": handlers}) or 0)

    def busy_workers(self) -> set[int]:
        """The ids of the processes that have a job in hand."""
        return self._processes(BUSY_WORKERS)

    def housekeepers(self) -> set[int]:
        """The ids of the processes that do the housekeeping, or did lately."""
        return self._processes(HOUSEKEEPERS)

    def damage(self) -> Iterator[str]:
        """What is wrong with the files: one that is damaged, or that somebody keeps locked."""
        for name in DATABASES:
            with closing(sqlite3.connect(self._folder / name, timeout=2, isolation_level=None)) as connection:
                yield from (f"{name}: {problem}." for problem in _problems(connection))

    def _processes(self, query: Any) -> set[int]:
        """The second last part of a worker's name is the id of its process."""
        with self.reading() as session:
            return {int(name.split(".")[-2]) for name in session.scalars(query)}


def _problems(connection: sqlite3.Connection) -> Iterator[str]:
    try:
        connection.execute("BEGIN IMMEDIATE")
        connection.execute("ROLLBACK")
        verdicts = [verdict for (verdict,) in connection.execute("PRAGMA integrity_check")]
        yield from (f"integrity check: {verdict}" for verdict in verdicts if verdict != "ok")
        yield from (f"a row of {row[0]} refers to nothing" for row in connection.execute("PRAGMA foreign_key_check"))
    except sqlite3.Error as error:
        yield str(error)
