"""A Flask-Caching backend on a SQLite file: JSON, safe across processes, and it never evicts a live entry."""

import json
import os
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any

from flask_caching.backends.base import BaseCache

PURGE_EVERY = 600
"""Seconds between two removals of what has expired, in each process."""


class SqliteCache(BaseCache):
    """Values by key in one table. A damaged or missing file is made anew: nothing here is the only copy."""

    def __init__(self, path: Path, default_timeout: int = 300):
        super().__init__(default_timeout=default_timeout)
        self._path = path
        self._local = threading.local()
        self._purged_at = time.time()

    @classmethod
    def factory(cls, app: Any, config: Any, args: Any, kwargs: Any) -> "SqliteCache":
        """How Flask-Caching makes it."""
        return cls(Path(config["CACHE_FILE"]), config["CACHE_DEFAULT_TIMEOUT"])

    def get(self, key: str) -> Any:
        """The value, or None if there is none or it has expired."""
        row = self._run("SELECT value FROM entries WHERE key = ? AND expires > ?", key, time.time()).fetchone()
        return json.loads(row[0]) if row else None

    def set(self, key: str, value: Any, timeout: int | None = None) -> bool:
        """Keeps a JSON value for so many seconds."""
        expires = time.time() + (timeout or self.default_timeout)
        self._run(
            "INSERT OR REPLACE INTO entries (key, value, expires) VALUES (?, ?, ?)", key, json.dumps(value), expires
        )
        self._purge_now_and_then()
        return True

    def add(self, key: str, value: Any, timeout: int | None = None) -> bool:
        """Keeps the value unless a live one is there; answers whether it did."""
        now = time.time()
        row = (key, json.dumps(value), now + (timeout or self.default_timeout), now)
        upsert = (
            "INSERT INTO entries (key, value, expires) VALUES (?, ?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value, expires = excluded.expires WHERE expires <= ?"
        )
        return self._run(upsert, *row).rowcount == 1

    def delete(self, key: str) -> bool:
        """Forgets the key; answers whether it was there."""
        return self._run("DELETE FROM entries WHERE key = ?", key).rowcount == 1

    def has(self, key: str) -> bool:
        """Whether the key has a live value."""
        return self.get(key) is not None

    def clear(self) -> bool:
        """Forgets everything."""
        self._run("DELETE FROM entries")
        return True

    def _purge_now_and_then(self) -> None:
        if time.time() - self._purged_at > PURGE_EVERY:
            self._purged_at = time.time()
            self._run("DELETE FROM entries WHERE expires <= ?", time.time())

    def _run(self, statement: str, *values: Any) -> sqlite3.Cursor:
        try:
            return self._connection().execute(statement, values)
        except sqlite3.DatabaseError:
            # The file was emptied, replaced or damaged under us. Look again; a busy or full disk is raised then.
            self._local.connection = None
            return self._connection().execute(statement, values)

    def _connection(self) -> sqlite3.Connection:
        """This thread's connection, opened again after a fork and when the file is no longer the one it opened."""
        opened = getattr(self._local, "connection", None)
        if opened is None or opened[0] != (os.getpid(), _inode(self._path)):
            connection = _open(self._path)
            self._local.connection = opened = ((os.getpid(), _inode(self._path)), connection)
        return opened[1]


def _open(path: Path) -> sqlite3.Connection:
    try:
        return _connect(path)
    except sqlite3.DatabaseError as error:
        if "not a database" not in str(error) and "malformed" not in str(error):
            raise
        path.unlink(missing_ok=True)
        return _connect(path)


def _connect(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, timeout=5, isolation_level=None)
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
