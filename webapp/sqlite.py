"""The SQLite file: how it is opened, the settings of its connections, and what is done when it is moved or replaced."""

import os
import sqlite3
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError

from webapp.jobs import prepared

BUSY_SECONDS = 10
PRAGMAS = (
    "journal_mode=WAL",
    "wal_autocheckpoint=4000",  # pages, some 16 MB: those that change with each job go into the file a quarter as often
    "synchronous=NORMAL",
    f"busy_timeout={BUSY_SECONDS * 1000}",
    "foreign_keys=ON",
)
BEGIN, BEGIN_IMMEDIATE = text("BEGIN"), text("BEGIN IMMEDIATE")
WRITING = {"longshore_writing": True}
OUTLIVED = {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY}
"""What a connection may go on saying of its file when that is as it should be again."""


def engines(path: Path) -> tuple[Engine, Engine]:
    """The engine of the file at `path`, an absolute one, and the same for write transactions; nothing is opened yet.

    Connections have the settings that DESIGN §4 asks for, and a write transaction begins with BEGIN IMMEDIATE: a
    deferred one that turns from reading to writing ignores the busy timeout, and fails at once when another writes
    (https://www.sqlite.org/lang_transaction.html).
    """
    # No bound of connections: a request needs two or three at once, and under a bound requests wait for each other's.
    engine = create_engine(f"sqlite:///{path}", pool_size=0, creator=lambda: _open(path))
    event.listen(engine, "connect", _configure)
    event.listen(engine, "connect", lambda _connection, record: _note_file(engine, record))
    event.listen(engine, "checkout", lambda _connection, record, _proxy: _refuse_other_file(engine, record))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _give_up_connection)
    return engine, engine.execution_options(**WRITING)


def _open(path: Path) -> sqlite3.Connection:
    """A connection to the database, which is there already. An empty file in place of one that is away for a moment
    would cost what its write-ahead log still holds: SQLite removes that of an empty database.
    """
    return sqlite3.connect(f"{path.as_uri()}?mode=rw", uri=True, timeout=BUSY_SECONDS, check_same_thread=False)


def _note_file(engine: Engine, record: Any) -> None:
    record.info["file"] = _file_of(engine)


def _refuse_other_file(engine: Engine, record: Any) -> None:
    """A connection to a file that was moved away or replaced is given up for a new one."""
    if record.info["file"] != _file_of(engine):
        raise DisconnectionError


def _file_of(engine: Engine) -> int | None:
    try:
        return os.stat(str(engine.url.database)).st_ino
    except FileNotFoundError:
        return None


def _give_up_connection(context: ExceptionContext) -> None:
    if _outlives(context.original_exception):
        context.is_disconnect, context.invalidate_pool_on_disconnect = True, False


def _outlives(error: BaseException | None) -> bool:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in OUTLIVED


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver starts no transactions of its own
    for pragma in PRAGMAS:
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    immediate = connection.get_execution_options().get("longshore_writing")
    try:
        prepared.run_on(connection.connection, connection.dialect, BEGIN_IMMEDIATE if immediate else BEGIN, {})
    except DBAPIError as error:
        if _outlives(error.orig):
            connection.invalidate()
        raise
