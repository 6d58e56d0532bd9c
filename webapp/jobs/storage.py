"""Huey's SQLite storage with a doorbell: an idle worker starts within a millisecond and does not poll meanwhile.

Beside the queue's file lies a FIFO for each pool. Whoever enqueues writes a byte into it; an idle worker waits for one.
A worker that misses a byte looks by itself after `read_timeout` seconds.

The file is made when it is first needed, and anew when it vanished or is damaged: what it held is in the ledger too.
"""

import fcntl
import logging
import os
import select
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from huey.storage import SqliteStorage

DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}
OUTLIVED = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
"""What the next connection may not say any more: that tables are gone, for it makes them, or what a file was before."""

ANY = "SELECT 1 FROM task WHERE queue = ? LIMIT 1"
TAKE = (
    "DELETE FROM task WHERE id = (SELECT id FROM task WHERE queue = ? ORDER BY priority DESC, id LIMIT 1)"
    " RETURNING data"
)
"""One statement, and so a transaction of its own, where Huey has five."""

STORED, UNSTORED = b"\0", b"\1"
"""How the bell rings."""

log = logging.getLogger("webapp.jobs")


class MessageNotStored(Exception):
    """There is work whose message could not be stored."""

    def __str__(self) -> str:
        return str(self.__doc__)


class DoorbellStorage(SqliteStorage):  # type: ignore[misc]
    """One pool's queue in a SQLite file that several pools share."""

    _conn: sqlite3.Connection | None
    blocking = True
    read_timeout = 1.0

    def __init__(self, name: str, filename: str, **options: Any):
        self._doorbell_path = f"{filename}.{name}.wake"
        self._doorbell: tuple[int, int] | None = None
        self._inode: int | None = None
        super().__init__(name, filename, create_tables=False, **options)

    def enqueue(self, data: bytes, priority: float | None = None) -> None:
        """Stores a message and rings. If it cannot be stored, it rings otherwise, and whoever is idle is told that."""
        try:
            super().enqueue(data, priority)
        except sqlite3.Error:
            self._ring(UNSTORED)
            raise
        self._ring(STORED)

    def dequeue(self) -> bytes | None:
        """The next message. If there is none: the one that rings within `read_timeout` seconds, or None.

        Raises MessageNotStored if that rang.
        """
        data = self.take() if self.sql(ANY, (self.name,), results=True) else None  # to look locks nobody out
        if data is None and self._rung():
            data = self.take()
        return data

    def take(self) -> bytes | None:
        """The next message, or None if there is none just now."""
        taken = self.sql(TAKE, (self.name,), results=True)
        return taken[0][0] if taken else None

    def close(self) -> bool:
        """Lets go of the file, and of the bell."""
        if self._doorbell is not None:
            os.close(self._doorbell[1])
            self._doorbell = None
        return bool(super().close())

    @contextmanager
    def db(self, commit: bool = False, close: bool = False) -> Iterator[sqlite3.Cursor]:
        """A cursor. A file that turns out to be damaged is there anew for the next one."""
        try:
            with super().db(commit, close) as cursor:
                yield cursor
        except sqlite3.DatabaseError as error:
            code = getattr(error, "sqlite_errorcode", 0) & 0xFF
            if code in DAMAGED:
                self._start_over(error)
            elif code in OUTLIVED:
                super().close()
            raise

    def _ring(self, how: bytes) -> None:
        with suppress(BlockingIOError):  # the pipe is full of rings already
            os.write(self._open_doorbell(), how)

    def _rung(self) -> bool:
        waiter = select.poll()
        waiter.register(self._open_doorbell(), select.POLLIN)
        if not waiter.poll(self.read_timeout * 1000):
            return False
        try:
            how = os.read(self._open_doorbell(), 1)  # one byte a wake-up: the others are for other workers
        except BlockingIOError:
            return False
        if how == UNSTORED:
            raise MessageNotStored
        return True

    def _open_doorbell(self) -> int:
        """The FIFO's descriptor, opened once in each process. Read-write, so that it blocks on no missing other end."""
        if self._doorbell is not None and self._doorbell[0] != os.getpid():
            os.close(self._doorbell[1])  # the parent's, which came along into this process
            self._doorbell = None
        if self._doorbell is None:
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
        with _alone(self.filename):
            self._inode = _inode(self.filename)
            connection: sqlite3.Connection = super()._create_connection()
            self._inode = _inode(self.filename)
        connection.execute("PRAGMA synchronous=NORMAL")  # the ledger is the truth; a lost message is delivered again
        for statement in self.ddl:
            connection.execute(statement)
        return connection

    def _start_over(self, error: sqlite3.DatabaseError) -> None:
        """Removes the damaged file, unless another process was first."""
        with _alone(self.filename):
            if self._inode in {None, _inode(self.filename)}:
                log.error("the queue is damaged (%s) and made anew; its messages are sent again", error)
                for part in ("", "-wal", "-shm"):
                    Path(f"{self.filename}{part}").unlink(missing_ok=True)


@contextmanager
def _alone(path: str) -> Iterator[None]:
    """One process at a time opens or removes the file, so that nobody gets one file's data and another's log."""
    folder = os.open(os.path.dirname(path) or ".", os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _inode(path: str) -> int | None:
    try:
        return os.stat(path).st_ino
    except FileNotFoundError:
        return None
