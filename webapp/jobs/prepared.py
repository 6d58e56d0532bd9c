"""Statements that are prepared once and then run by the database's own driver (docs/decisions/0008).

SQLAlchemy writes the SQL and knows how each value is converted, on whichever database; what it does besides at every
execution takes several times as long as the database itself. What goes wrong is raised as SQLAlchemy would.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from functools import lru_cache
from itertools import repeat
from typing import Any

from sqlalchemy import Dialect
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.sql.base import Executable
from sqlalchemy.sql.selectable import ReturnsRows
from sqlalchemy.types import TypeEngine

Convert = Callable[[Any], Any]


def run(session: Session, statement: Executable, values: Mapping[str, Any]) -> dict[str, Any] | None:
    """Runs a statement in the session's transaction, with values for its parameters and, if it inserts or updates,
    for columns. Answers the first row that it finds or returns, by the names of the columns, or None.
    """
    with _connection_of(session) as (connection, dialect):
        return run_on(connection, dialect, statement, values)


def run_many(
    session: Session,
    statement: Executable,
    names: tuple[str, ...],
    rows: Sequence[tuple[Any, ...]],
    shared: Mapping[str, Any],
) -> None:
    """Runs a statement that answers nothing once for each row: the values of `names` are its own, in that order, those
    of `shared` are the same in all.
    """
    if rows:
        with _connection_of(session) as (connection, dialect):
            _prepared(statement, dialect, (*names, *shared)).run_many(connection, names, rows, shared)


def find_all(session: Session, statement: Executable, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
    """All rows that a query finds with these values of its parameters, as the driver gives them: for columns that need
    no conversion.
    """
    with _connection_of(session) as (connection, dialect):
        return _prepared(statement, dialect, tuple(values)).find_all(connection, values)


def run_on(
    connection: Any, dialect: Dialect, statement: Executable, values: Mapping[str, Any]
) -> dict[str, Any] | None:
    """The same on a connection of the driver itself, in whatever transaction that is."""
    return _prepared(statement, dialect, tuple(values)).run(connection, values)


class Prepared:
    """A statement as one database takes it, for values with these names."""

    def __init__(self, statement: Any, dialect: Dialect, names: tuple[str, ...]):
        compiled = statement.compile(dialect=dialect, column_keys=names)
        self._dialect, self._text = dialect, str(compiled)
        self._given = compiled.construct_params(_check=False)
        self._is_positional = compiled.positiontup is not None
        types = {name: parameter.type for parameter, name in compiled.bind_names.items()}
        self._names = compiled.positiontup or list(types)
        self._binders = [_of(types[name], dialect).bind_processor(dialect) for name in self._names]
        self._columns = list(statement.exported_columns) if isinstance(statement, ReturnsRows) else []
        self._converters: list[tuple[str, Convert]] | None = None

    def run(self, connection: Any, values: Mapping[str, Any]) -> dict[str, Any] | None:
        """Runs it on a connection of the driver. Raises DBAPIError."""
        with self._cursor(connection) as cursor:
            self._dialect.do_execute(cursor, self._text, self._bound(values))
            row = cursor.fetchone() if self._columns else None
            return None if row is None else self._read(row, cursor.description)

    def run_many(
        self, connection: Any, names: tuple[str, ...], rows: Sequence[tuple[Any, ...]], shared: Mapping[str, Any]
    ) -> None:
        """Runs it for each row. Values are bound by column, so that what many rows share is converted once."""
        own = dict(zip(names, zip(*rows, strict=True), strict=True))
        same = {**self._given, **shared}

        def column(name: str, convert: Convert | None) -> Iterable[Any]:
            if name in own:
                return map(convert, own[name]) if convert else own[name]
            return repeat(convert(same[name]) if convert else same[name], len(rows))

        bound = list(zip(*map(column, self._names, self._binders), strict=True))
        with self._cursor(connection) as cursor:
            self._dialect.do_executemany(cursor, self._text, bound if self._is_positional else self._named(bound))

    def _named(self, rows: Sequence[tuple[Any, ...]]) -> list[dict[str, Any]]:
        return [dict(zip(self._names, row, strict=True)) for row in rows]

    def find_all(self, connection: Any, values: Mapping[str, Any]) -> list[tuple[Any, ...]]:
        """All rows that it finds, unconverted."""
        with self._cursor(connection) as cursor:
            self._dialect.do_execute(cursor, self._text, self._bound(values))
            found: list[tuple[Any, ...]] = cursor.fetchall()
            return found

    @contextmanager
    def _cursor(self, connection: Any) -> Iterator[Any]:
        base = self._dialect.loaded_dbapi.Error
        with closing(connection.cursor()) as cursor:
            try:
                yield cursor
            except base as error:
                is_lost = self._dialect.is_disconnect(error, connection, cursor)
                raise DBAPIError.instance(self._text, None, error, base, connection_invalidated=is_lost) from error

    def _bound(self, values: Mapping[str, Any]) -> Any:
        values, pairs = {**self._given, **values}, zip(self._names, self._binders, strict=True)
        bound = [convert(values[name]) if convert else values[name] for name, convert in pairs]
        return tuple(bound) if self._is_positional else dict(zip(self._names, bound, strict=True))

    def _read(self, row: tuple[Any, ...], description: Any) -> dict[str, Any]:
        if self._converters is None:
            self._converters = self._converters_by(description)
        found = {column.name: value for column, value in zip(self._columns, row, strict=True)}
        for name, convert in self._converters:
            found[name] = convert(found[name])
        return found

    def _converters_by(self, description: Any) -> list[tuple[str, Convert]]:
        """Which of its columns the driver does not give as they are to be: some go by the driver's own type."""
        types = [_of(column.type, self._dialect) for column in self._columns]
        converters = [
            kind.result_processor(self._dialect, told[1]) for kind, told in zip(types, description, strict=True)
        ]
        return [(column.name, convert) for column, convert in zip(self._columns, converters, strict=True) if convert]


@lru_cache(maxsize=256)
def _prepared(statement: Executable, dialect: Dialect, names: tuple[str, ...]) -> Prepared:
    return Prepared(statement, dialect, names)


@contextmanager
def _connection_of(session: Session) -> Iterator[tuple[Any, Dialect]]:
    """The driver's connection in the session's transaction, and the dialect."""
    connection = session.connection()
    try:
        yield connection.connection, connection.dialect
    except OperationalError:
        connection.invalidate()  # a connection may go on saying what is no longer so, as that its file is read-only
        raise


def _of(kind: TypeEngine[Any], dialect: Dialect) -> TypeEngine[Any]:
    return kind.dialect_impl(dialect)
