"""A built-in table as a source of exports: the same for all of them, whatever they keep."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, cast, func, or_
from sqlalchemy import String as Text
from sqlalchemy.orm import Session

from webapp.sheets.writing import OutputColumn

from .asking import SIGNS, Asked, NamedColumn, column_named, moment_of, number_of, parts_of
from .errors import ConditionImpossible
from .sources import BATCH_ROWS, Batches

HUNDRED = Decimal(100)


@dataclass(frozen=True)
class TableColumn:
    """A column of a built-in table: as files have it, and the expression that finds it. A percentage is kept as a
    number of percent, and exported as a share of a hundred.
    """

    header: str
    field: str
    type: str
    found: Any


class TableSource:
    """The rows of a built-in table of an organization. `rows` finds all of them, in their own order, with `columns`;
    `searched` are the expressions that a search looks into.
    """

    dataset_id: int | None = None

    def __init__(
        self, kind: str, name: str, organization_id: int, columns: Sequence[TableColumn], rows: Select[Any],
        searched: Sequence[Any],
    ) -> None:  # fmt: skip
        self.kind, self.name, self.organization_id = kind, name, organization_id
        self._columns, self._rows, self._searched = columns, rows, searched

    @property
    def columns(self) -> Sequence[NamedColumn]:
        """As `Source` says."""
        return self._columns

    def query(self, asked: Asked) -> Select[Any]:
        """As `Source` says."""
        query = self._rows.where(and_(*(self._condition(text) for text in asked.where))) if asked.where else self._rows
        if asked.search:
            query = query.where(or_(*(each.icontains(asked.search, autoescape=True) for each in self._searched)))
        if not asked.sort:
            return query
        found = self._found(column_named(self, asked.sort))
        ordered = func.lower(found.found) if found.type == "text" else found.found
        return query.order_by(None).order_by(
            ordered.desc() if asked.descending else ordered, *self._rows._order_by_clauses
        )

    def batches(self, session: Session, query: Select[Any], columns: Sequence[OutputColumn]) -> Batches:
        """As `Source` says."""
        wanted = {column.field for column in columns}
        order = [column.field for column in columns]
        chosen = sorted(
            (each for each in self._columns if each.field in wanted), key=lambda each: order.index(each.field)
        )
        rows = query.with_only_columns(*(each.found.label(each.field) for each in chosen), maintain_column_froms=True)
        with session.execute(rows.execution_options(yield_per=BATCH_ROWS)) as found:
            for batch in found.partitions():
                pairs = zip(chosen, zip(*batch, strict=True), strict=True)
                yield [_shares(each) if column.type == "percent" else each for column, each in pairs]

    def _found(self, column: NamedColumn) -> TableColumn:
        return next(each for each in self._columns if each.field == column.field)

    def _condition(self, text: str) -> ColumnElement[bool]:
        named, sign, value = parts_of(self, text)
        column = self._found(named)
        if not value:
            return column.found.is_(None) if sign == "=" else column.found.is_not(None)
        if sign == "~":
            return func.lower(cast(column.found, Text)).contains(value.lower(), autoescape=True)
        if column.type == "text":
            return _compared(func.lower(column.found), sign, value.lower())
        return _compared(column.found, sign, _value(column, value))


def _compared(found: Any, sign: str, value: Any) -> ColumnElement[bool]:
    condition: ColumnElement[bool] = SIGNS[sign](found, value)
    return condition | found.is_(None) if sign == "!=" else condition


def _value(column: TableColumn, value: str) -> int | Decimal | date | datetime:
    if column.type in ("date", "datetime"):
        found = datetime.fromisoformat(moment_of(column, value))
        return found.date() if column.type == "date" else found
    if column.type == "integer":
        return int(number_of(column, value))
    number = number_of(column, value.removesuffix("%").strip()) * (
        1 if "%" in value or column.type != "percent" else 100
    )
    if number != round(number, 2):
        raise ConditionImpossible(value=value, column=column.header, expected="write a number with two places at most")
    return number


def _shares(percents: Sequence[Decimal | None]) -> list[Decimal | None]:
    return [None if each is None else each / HUNDRED for each in percents]
