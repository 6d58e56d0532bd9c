"""A Flask-Caching backend on a SQLite file: JSON, safe across processes, and it never evicts a live entry."""

import fcntl
import json
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from flask_caching.backends.base import BaseCache

PURGE_EVERY = 600
"""Seconds between two removals of what has expired, in each process."""
BUSY_SECONDS = 2
COMPLAIN_EVERY = 30
ASK_AGAIN = 5
"""Seconds for which a cache that did not answer is not asked: to wait for it each time would hold everything up."""

log = logging.getLogger(__name__)


class SqliteCache(BaseCache):
    """Values by key in one table. A damaged or missing file is made anew: nothing here is the only copy.

    Nobody's work fails for want of a cache: while it does not answer, it has nothing and keeps nothing.
    """

    def __init__(self, path: Path, default_timeout: int = 300):
        super().__init__(default_timeout=default_timeout)
        self._path = path
        self._local = threading.local()
        self._purged_at = time.time()
        self._complained_at = self._asked_again_at = float("-inf")

    @classmethod
    def factory(cls, app: Any, config: Any, args: Any, kwargs: Any) -> "SqliteCache":
        """How Flask-Caching makes it."""
        return cls(Path(config["CACHE_FILE"]), config["CACHE_DEFAULT_TIMEOUT"])

    def get(self, key: str) -> Any:
        """The value, or None if there is none or it has expired."""
        rows, _ = self._run("SELECT value FROM entries WHERE key = ? AND expires > ?", key, time.time())
        return json.loads(rows[0][0]) if rows else None

    def get_many(self, *keys: str) -> list[Any]:
        """The values of the keys, in one read; None for each that is not there or has expired."""
        statement = f"SELECT key, value FROM entries WHERE key IN ({', '.join('?' * len(keys))}) AND expires > ?"
        rows, _ = self._run(statement, *keys, time.time())
        found = {key: json.loads(value) for key, value in rows}
        return [found.get(key) for key in keys]

    def set(self, key: str, value: Any, timeout: int | None = None) -> bool:
        """Keeps a JSON value for so many seconds; answers whether it could."""
        return bool(self.set_many({key: value}, timeout))

    def set_many(self, mapping: dict[str, Any], timeout: int | None = None) -> list[Any]:
        """Keeps several values, all in one write; answers the keys of those that it could keep."""
        if not mapping:
            return []
        expires = time.time() + (timeout or self.default_timeout)
        values = [part for key, value in mapping.items() for part in (key, json.dumps(value), expires)]
        rows = ", ".join(["(?, ?, ?)"] * len(mapping))
        _, count = self._run(f"INSERT OR REPLACE INTO entries (key, value, expires) VALUES {rows}", *values)
        self._purge_now_and_then()
        return list(mapping) if count else []

    def add(self, key: str, value: Any, timeout: int | None = None) -> bool:
        """Keeps the value unless a live one is there; answers whether it did."""
        now = time.time()
        row = (key, json.dumps(value), now + (timeout or self.default_timeout), now)
        upsert = (
            "INSERT INTO entries (key, value, expires) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires WHERE expires <= ?"
        )
        return self._run(upsert, *row)[1] == 1

    def delete(self, key: str) -> bool:
        """Forgets the key; answers whether it was there."""
        return self._run("DELETE FROM entries WHERE key = ?", key)[1] == 1

    def has(self, key: str) -> bool:
        """Whether the key has a live value."""
        return self.get(key) is not None

    def clear(self) -> bool:
        """Forgets everything."""
        self._run("DELETE FROM entries")
        return True

    def _purge_now_and_then(self) -> None:
        if abs(time.time() - self._purged_at) > PURGE_EVERY:
            self._purged_at = time.time()
            self._run("DELETE FROM entries WHERE expires <= ?", time.time())

    def _run(self, statement: str, *values: Any) -> tuple[list[tuple[Any, ...]], int]:
        """The rows that a statement finds, and how many it changed; none while the cache cannot be used."""
        if time.monotonic() < self._asked_again_at:
            return [], 0
        try:
            return self._execute(statement, values)
        except (sqlite3.Error, OSError) as error:
            self._asked_again_at = time.monotonic() + ASK_AGAIN
            if time.monotonic() - self._complained_at >= COMPLAIN_EVERY:
                self._complained_at = time.monotonic()
                log.warning("the cache does not answer, all goes on without it: %s", error)
            return [], 0

    def _execute(self, statement: str, values: tuple[Any, ...]) -> tuple[list[tuple[Any, ...]], int]:
        for rescue in (self._forget_connection, self._start_over):
            try:
                return _executed(self._connection(), statement, values)
            except sqlite3.DatabaseError as error:
                if _is_busy_or_full(error):
                    raise
                rescue()  # the file was emptied, replaced or damaged under us
        return _executed(self._connection(), statement, values)

    def _forget_connection(self) -> None:
        self._local.connection = None

    def _start_over(self) -> None:
        self._forget_connection()
        with _alone(self._path):
            _remove(self._path)

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened again after a fork and when the file is no longer the one it opened."""
        opened = getattr(self._local, "connection", None)
        if opened is None or opened[0] != (os.getpid(), _inode(self._path)):
            connection = _open(self._path)
            self._local.connection = opened = ((os.getpid(), _inode(self._path)), connection)
        return opened[1]


def _executed(
    connection: sqlite3.Connection, statement: str, values: tuple[Any, ...]
) -> tuple[list[tuple[Any, ...]], int]:
    cursor = connection.execute(statement, values)
    return cursor.fetchall(), cursor.rowcount


def _is_busy_or_full(error: sqlite3.DatabaseError) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_FULL)


def _open(path: Path) -> sqlite3.Connection:
    with _alone(path):
        if not path.exists():
            _remove(path)
        return _connect(path)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """One process at a time makes or removes the file, so that nobody gets one file's data and another's log."""
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _remove(path: Path) -> None:
    for part in ("", "-wal", "-shm"):
        path.with_name(path.name + part).unlink(missing_ok=True)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=BUSY_SECONDS, isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # it may be lost at any moment anyhow
    connection.execute(
        "CREATE TABLE IF NOT EXISTS entries (key TEXT PRIMARY KEY, value TEXT, expires REAL) WITHOUT ROWID"
    )
    return connection


def _inode(path: Path) -> int | None:
    try:
        return path.stat().st_ino
    except FileNotFoundError:
        return None
