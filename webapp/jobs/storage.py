"""Huey's SQLite storage with a doorbell: an idle worker starts within a millisecond and does not poll meanwhile.

Beside the queue's file lies a FIFO for each pool. Whoever enqueues writes a byte into it; an idle worker waits for one.
A worker that misses a byte looks by itself after `read_timeout` seconds.
"""

import os
import select
import sqlite3
from contextlib import suppress
from typing import Any

from huey.storage import SqliteStorage


class DoorbellStorage(SqliteStorage):  # type: ignore[misc]
    """One pool's queue in a SQLite file that several pools share."""

    _conn: sqlite3.Connection | None
    blocking = True
    read_timeout = 1.0

    def __init__(self, name: str, filename: str, **options: Any):
        self._doorbell_path = f"{filename}.{name}.wake"
        self._doorbell: tuple[int, int] | None = None
        super().__init__(name, filename, **options)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Stores a message and rings."""
        super().enqueue(data, priority)
        with suppress(BlockingIOError):  # the pipe is full of rings already
            os.write(self._open_doorbell(), b"\0")

    def dequeue(self) -> bytes | None:
        """The next message. If there is none: the one that rings within `read_timeout` seconds, or None."""
        data = self.take()
        if data is None and self._rung():
            data = self.take()
        return data

    def take(self) -> bytes | None:
        """The next message, or None if there is none just now."""
        data: bytes | None = super().dequeue()
        return data

    def _rung(self) -> bool:
        waiter = select.poll()
        waiter.register(self._open_doorbell(), select.POLLIN)
        if not waiter.poll(self.read_timeout * 1000):
            return False
        try:
            os.read(self._open_doorbell(), 1)  # one byte a wake-up: the others are for other workers
        except BlockingIOError:
            return False
        return True

    def _open_doorbell(self) -> int:
        """The FIFO's descriptor, opened once in each process. Read-write, so that it blocks on no missing other end."""
        if self._doorbell is None or self._doorbell[0] != os.getpid():
            with suppress(FileExistsError):
                os.mkfifo(self._doorbell_path, 0o600)
            self._doorbell = os.getpid(), os.open(self._doorbell_path, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC)
        return self._doorbell[1]

    @property
    def conn(self) -> sqlite3.Connection:
        """The connection; to a new file, when the one that it had open was removed or replaced."""
        if self._conn is not None and self._inode != _inode(self.filename):
            self._conn.close()
            self._conn = None
        if self._conn is None:
            self._conn = self._create_connection()
        return self._conn

    def _create_connection(self) -> sqlite3.Connection:
        connection: sqlite3.Connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")  # the ledger is the truth; a lost message is delivered again
        for statement in self.ddl:
            connection.execute(statement)
        self._inode = _inode(self.filename)
        return connection


def _inode(path: str) -> int | None:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return None
