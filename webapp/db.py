"""The database: engine, sessions, and the two kinds of transaction."""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import DateTime, Dialect, Engine, Select, create_engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from webapp.jobs import locks, prepared

from . import sqlite

WATCHED_STEPS = 200_000
"""Steps of SQLite's machine between two looks: some ten milliseconds."""
CONNECT_SECONDS = 10


class Moment(TypeDecorator[datetime]):
    """A point in time, always UTC and aware, on databases that keep no time zone too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """To the database: in UTC."""
        return value.astimezone(UTC) if value else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """From the database: aware again, and in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


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


def init_app(app: Flask, path: Path, server: str | None = None) -> None:
    """Connects `app` to the database at the URL `server`, or else to the SQLite database at `path`, an absolute one;
    nothing is opened yet.
    """
    found = _engines_at(server) if server else sqlite.engines(path)
    app.extensions["engine"], app.extensions["writing_engine"] = found
    app.teardown_appcontext(_close_session)


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
    """Calls `look` every few milliseconds while the database works on the queries of this session, so that one that
    takes long can be stopped: what `look` raises ends the query and the block.
    """
    connection: Any = session.connection().connection.driver_connection
    raised: list[BaseException] = []

    def look_in() -> bool:
        try:
            look()
        except BaseException as error:
            raised.append(error)
        return bool(raised)

    try:
        with _looking(connection, look_in):
            yield
    except DBAPIError:
        if raised:
            raise raised[0] from None
        raise


@contextmanager
def _looking(connection: Any, look_in: Callable[[], bool]) -> Iterator[None]:
    """Within the block the driver looks in while it waits, and ends the query where that answers True."""
    if hasattr(connection, "set_progress_handler"):
        connection.set_progress_handler(look_in, WATCHED_STEPS)
        try:
            yield
        finally:
            connection.set_progress_handler(None, 0)
        return
    wait = connection.wait
    connection.wait = lambda steps, **limits: wait(_looked_at(connection, steps, look_in), **limits)
    try:
        yield
    finally:
        del connection.wait


def _looked_at(
    connection: Any, steps: Generator[Any, Any, Any], look_in: Callable[[], bool]
) -> Generator[Any, Any, Any]:
    """The steps of an answer from PostgreSQL. The driver goes on with nothing when nothing has come for a while."""
    come, is_over = None, False
    while True:
        try:
            step = steps.send(come)
        except StopIteration as end:
            return end.value
        come = yield step
        if not come and not is_over and (is_over := look_in()):
            connection.cancel_safe()


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

engines_of_file = sqlite.engines
"""The engines of another installation's database, for whoever looks after that."""

lock, ROW = locks.lock, locks.ROW
"""Where write transactions run side by side: a lock by name until the end of this one, and what `with_for_update` takes
for a row that nobody else changes meanwhile. On SQLite they cost nothing.
"""


def _engines_at(url: str) -> tuple[Engine, Engine]:
    """The engine of a PostgreSQL server, whose sessions read one snapshot each as those of SQLite do, and the same for
    write transactions, which run side by side: there each statement sees what is committed (docs/decisions/0013).
    """
    # Connections that a server has closed, as when it started anew, are found out before they are used.
    settings = {"connect_timeout": CONNECT_SECONDS, "application_name": "longshore", "options": "-c timezone=UTC"}
    engine = create_engine(url, pool_size=0, pool_pre_ping=True, connect_args=settings)
    return engine.execution_options(isolation_level="REPEATABLE READ"), engine


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
