"""The database: engine, sessions, and the two kinds of transaction."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import DateTime, Dialect, Engine, Select, create_engine, event, text
from sqlalchemy.engine import ExceptionContext
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from .jobs import prepared

BUSY_SECONDS = 10
WATCHED_STEPS = 200_000
"""Steps of SQLite's machine between two looks: some ten milliseconds."""
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


class Moment(TypeDecorator[datetime]):
    """A point in time, always UTC and aware, on databases that keep no time zone too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware again."""
        return value.replace(tzinfo=UTC) if value and value.tzinfo is None else value


class Base(DeclarativeBase):
    """What every business table is made from."""

    type_annotation_map = {datetime: Moment}


class Database:
    """The current application's engine, and the session of the current application context, which reads."""

    @property
    def engine(self) -> Engine:
        """The engine of the current application."""
        engine: Engine = current_app.extensions["engine"]
        return engine

    @property
    def writing_engine(self) -> Engine:
        """The same engine and the same connections, for write transactions."""
        engine: Engine = current_app.extensions["writing_engine"]
        return engine

    @property
    def session(self) -> Session:
        """The session of this context, made when it is first asked for and closed when the context ends."""
        if "database_session" not in g:
            g.database_session = Session(self.engine, expire_on_commit=False)
        session: Session = g.database_session
        return session


db = Database()


def init_app(app: Flask, path: Path) -> None:
    """Connects `app` to the SQLite database at `path`, an absolute one; nothing is opened yet."""
    # No bound of connections: a request needs two or three at once, and under a bound requests wait for each other's.
    app.extensions["engine"] = create_engine(f"sqlite:///{path}", pool_size=0, creator=lambda: _open(path))
    prepare(app.extensions["engine"])
    app.extensions["writing_engine"] = app.extensions["engine"].execution_options(**WRITING)
    app.teardown_appcontext(_close_session)


def prepare(engine: Engine) -> None:
    """Gives each connection the settings that DESIGN §4 asks for, and each write transaction BEGIN IMMEDIATE.

    A deferred transaction that turns from reading to writing ignores the busy timeout, and fails at once
    when another writes: https://www.sqlite.org/lang_transaction.html.
    """
    event.listen(engine, "connect", _configure)
    event.listen(engine, "connect", lambda _connection, record: _note_file(engine, record))
    event.listen(engine, "checkout", lambda _connection, record, _proxy: _refuse_other_file(engine, record))
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _give_up_connection)


@contextmanager
def writing() -> Iterator[Session]:
    """A session in a write transaction: committed at the end, rolled back on an error."""
    with Session(db.writing_engine, expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that reads one consistent snapshot, outside a request; inside one, `db.session` does that."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


@contextmanager
def watched(session: Session, look: Callable[[], object]) -> Iterator[None]:
    """Calls `look` every few milliseconds while SQLite works on the queries of this session, so that one that takes
    long can be stopped: what `look` raises ends the query and the block. Other databases are not watched.
    """
    connection: Any = session.connection().connection.driver_connection
    raised: list[BaseException] = []

    def look_in() -> bool:
        try:
            look()
        except BaseException as error:
            raised.append(error)
        return bool(raised)

    if hasattr(connection, "set_progress_handler"):
        connection.set_progress_handler(look_in, WATCHED_STEPS)
    try:
        yield
    except DBAPIError:
        if raised:
            raise raised[0] from None
        raise
    finally:
        if hasattr(connection, "set_progress_handler"):
            connection.set_progress_handler(None, 0)


def lookup(engine: Engine, query: Select[Any], **values: Any) -> dict[str, Any] | None:
    """The first row that the query finds with these values of its parameters, by the names of its columns, or None:
    what is committed at this moment. For a query by key that every request makes. Raises DBAPIError.
    """
    with closing(_raw_connection(engine)) as connection:
        try:
            return prepared.run_on(connection, engine.dialect, query, values)
        except DBAPIError:
            connection.invalidate()  # whatever is wrong with its file, a new one may not meet it any more
            raise


run_one, run_many, find_all = prepared.run, prepared.run_many, prepared.find_all
"""Statements that every batch of an import runs, without what SQLAlchemy does besides for each of them."""


def _raw_connection(engine: Engine) -> Any:
    """A connection of the driver. What goes wrong is raised as SQLAlchemy would."""
    driver_error = engine.dialect.loaded_dbapi.Error
    try:
        return engine.raw_connection()
    except driver_error as error:
        raise DBAPIError.instance(None, None, error, driver_error) from error


def leave_to_parent(app: Flask) -> None:
    """In a forked process: forgets the parent's connections without closing them, for they are still in use there."""
    app.extensions["engine"].dispose(close=False)


def _close_session(_error: BaseException | None) -> None:
    if (session := g.pop("database_session", None)) is not None:
        session.close()


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
