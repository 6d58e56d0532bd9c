"""The database: engine, sessions, and the two kinds of transaction."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import DateTime, Dialect, Engine, Select, create_engine, event
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

BUSY_SECONDS = 10
WRITING = {"longshore_writing": True}
Convert = Callable[[Any], Any]


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


@dataclass(frozen=True)
class Lookup:
    """A query for one row that every request makes. It reads what is committed at that moment, in no transaction.

    It is compiled once and goes past sessions: for a query by key, to make these costs ten times what it costs to run.
    """

    query: Select[Any]

    def first(self, engine: Engine, **values: Any) -> tuple[Any, ...] | None:
        """The first row that is found with these values of the query's parameters, or None. Raises DBAPIError."""
        prepared = _prepared(self.query, engine.dialect)
        with closing(engine.raw_connection()) as connection:
            cursor = connection.cursor()
            try:
                cursor.execute(prepared.statement, prepared.bound(values))
                row = cursor.fetchone()
            except engine.dialect.loaded_dbapi.Error as error:
                raise DBAPIError(prepared.statement, None, error) from error
            finally:
                cursor.close()
        return None if row is None else prepared.read(row)


@dataclass(frozen=True)
class _Prepared:
    """The text of a query for one kind of database, and what its values go through, out and in.

    `order` names the parameters where they are told by their place, None where they are told by name.
    """

    statement: str
    order: Sequence[str] | None
    out: dict[str, Convert]
    into: Sequence[Convert | None]

    def bound(self, values: dict[str, Any]) -> Any:
        out = self.out
        given = {name: out[name](value) if name in out else value for name, value in values.items()}
        return given if self.order is None else [given[name] for name in self.order]

    def read(self, row: Sequence[Any]) -> tuple[Any, ...]:
        return tuple(value if read is None else read(value) for read, value in zip(self.into, row, strict=True))


@lru_cache
def _prepared(query: Select[Any], dialect: Dialect) -> _Prepared:
    compiled = query.compile(dialect=dialect)
    out = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
    types = [column.type.dialect_impl(dialect) for column in query.selected_columns]
    return _Prepared(
        str(compiled),
        compiled.positiontup,
        {name: convert for name, convert in out.items() if convert is not None},
        [type_.result_processor(dialect, None) for type_ in types],
    )


class Database:
    """The current application's engine, and the session of the current application context, which reads."""

    @property
    def engine(self) -> Engine:
        """The engine of the current application."""
        engine: Engine = current_app.extensions["engine"]
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
    """Connects `app` to the SQLite database at `path`."""
    # No bound of connections: a request needs two or three at once, and under a bound requests wait for each other's.
    app.extensions["engine"] = create_engine(f"sqlite:///{path}", pool_size=0)
    prepare(app.extensions["engine"])
    app.teardown_appcontext(_close_session)


def prepare(engine: Engine) -> None:
    """Gives each connection the settings that DESIGN §4 asks for, and each write transaction BEGIN IMMEDIATE.

    A deferred transaction that turns from reading to writing ignores the busy timeout, and fails at once
    when another writes: https://www.sqlite.org/lang_transaction.html.
    """
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)


@contextmanager
def writing() -> Iterator[Session]:
    """A session in a write transaction: committed at the end, rolled back on an error."""
    with Session(db.engine.execution_options(**WRITING), expire_on_commit=False) as session, session.begin():
        yield session


@contextmanager
def reading() -> Iterator[Session]:
    """A session that reads one consistent snapshot, outside a request; inside one, `db.session` does that."""
    with Session(db.engine, expire_on_commit=False) as session:
        yield session


def leave_to_parent(app: Flask) -> None:
    """In a forked process: forgets the parent's connections without closing them, for they are still in use there."""
    app.extensions["engine"].dispose(close=False)


def _close_session(_error: BaseException | None) -> None:
    if (session := g.pop("database_session", None)) is not None:
        session.close()


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # the driver starts no transactions of its own
    for pragma in ("journal_mode=WAL", f"busy_timeout={BUSY_SECONDS * 1000}", "synchronous=NORMAL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin(connection: Any) -> None:
    immediate = connection.get_execution_options().get("longshore_writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
