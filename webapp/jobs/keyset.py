"""The rows of a query by their key: pages that begin behind a key, never at an offset, however long the table."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import Row, Select, func, literal, select, tuple_

from .enumerators import Enumerator, Portion
from .errors import KeyMissing
from .surroundings import Transaction

FROM_JSON: dict[type, Callable[[str], Any]] = {
    datetime: datetime.fromisoformat,
    date: date.fromisoformat,
    time: time.fromisoformat,
    Decimal: Decimal,
    UUID: UUID,
}


def rows(query: Select[Any], by: Any, reading: Transaction, page: int = 500) -> Enumerator[Any]:
    """What `query` finds, ordered by the column or columns `by`, read in pages, each in a short session of its own;
    a list at a time if lists are asked for.

    `by` is selected too, the same in no two rows, and never NULL. The cursor: its value, a list if there are more
    columns. Items are entities, or rows if the query selects more than one thing; they belong to no session.
    """
    key = Key(by if isinstance(by, list | tuple) else [by])
    single = len(query.column_descriptions) == 1

    def pages(cursor: Any, size: int) -> Iterator[Sequence[Row[Any]]]:
        while True:
            with reading() as session:
                found = session.execute(key.page_of(query, cursor, size)).all()
            if found:
                yield found
            if len(found) < size:
                return
            cursor = key.cursor_of(found[-1])

    def after(cursor: Any) -> Iterator[Portion[Any]]:
        for found in pages(cursor, page):
            for row in found:
                yield Portion(row[0] if single else row, key.cursor_of(row))

    def lists(cursor: Any, size: int) -> Iterator[Portion[list[Any]]]:
        for found in pages(cursor, size):
            items = [row[0] for row in found] if single else list(found)
            yield Portion(items, key.cursor_of(found[-1]), len(items))

    def total() -> int:
        with reading() as session:
            return session.scalar(select(func.count()).select_from(query.order_by(None).subquery())) or 0

    return Enumerator(after, total, lists)


class Key:
    """The columns that put rows in an order in which no two are alike."""

    def __init__(self, columns: Sequence[Any]):
        self._columns = columns

    def page_of(self, query: Select[Any], cursor: Any, size: int) -> Select[Any]:
        """The first `size` rows behind the cursor, in order."""
        ordered = query.order_by(None).order_by(*self._columns).limit(size)
        return ordered if cursor is None else ordered.where(self._is_behind(cursor))

    def cursor_of(self, row: Row[Any]) -> Any:
        """The key of a row as JSON. Raises KeyMissing if it has none."""
        values = [_to_json(self._value(row, column)) for column in self._columns]
        if None in values:
            raise KeyMissing(column=self._columns[values.index(None)])
        return values[0] if len(values) == 1 else values

    def _is_behind(self, cursor: Any) -> Any:
        values = cursor if len(self._columns) > 1 else [cursor]
        pairs = zip(self._columns, values, strict=True)
        literals = [literal(_from_json(value, column), column.type) for column, value in pairs]
        if len(literals) == 1:
            return self._columns[0] > literals[0]
        return tuple_(*self._columns) > tuple_(*literals)

    @staticmethod
    def _value(row: Row[Any], column: Any) -> Any:
        selected = row._mapping
        return selected[column] if column in selected else getattr(selected[column.class_], column.key)


def _to_json(value: Any) -> Any:
    if isinstance(value, date | time):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


def _from_json(value: Any, column: Any) -> Any:
    convert = FROM_JSON.get(column.type.python_type)
    return convert(value) if convert else value
