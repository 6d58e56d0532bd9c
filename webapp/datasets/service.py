"""What can be done with datasets: make one, put rows into it, look at them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import Numeric, Select, bindparam, cast, func, select
from sqlalchemy.orm import Session

from webapp.db import ROW, lock, run_one
from webapp.problems import Problem
from webapp.sheets import COLUMN_TYPES, as_text
from webapp.sql import json_in, seconds_of

from .models import Dataset, DatasetColumn, DatasetRow

HOLD = select(Dataset.id).where(Dataset.id == bindparam("this")).with_for_update(**ROW)
NUMBERS = {"integer", "decimal", "percent"}


class DatasetError(Problem):
    """Something is wrong with a dataset."""


class DatasetNotFound(DatasetError):
    """There is no dataset called “{name}”."""


class FieldMissing(DatasetError):
    """The dataset “{name}” is there already, and has no field {field}. Choose another dataset, or rename the field."""


class FieldTypeDiffers(DatasetError):
    """In the dataset “{name}”, {field} is of the type “{present}”, not “{wanted}”. Choose that type, or another
    dataset."""


@dataclass(frozen=True)
class NewColumn:
    """A column that a dataset is to have."""

    field: str
    header: str
    type: str


def find(session: Session, organization_id: int, dataset_id: int) -> Dataset | None:
    """The organization's dataset, or None."""
    return session.scalar(select(Dataset).where(Dataset.id == dataset_id, Dataset.organization_id == organization_id))


def find_by_name(session: Session, name: str, organization_id: int | None = None) -> Dataset:
    """The dataset of that name, in this organization if one is given. Raises DatasetNotFound."""
    query = select(Dataset).where(Dataset.name == name)
    if organization_id is not None:
        query = query.where(Dataset.organization_id == organization_id)
    dataset = session.scalar(query.limit(1))
    if dataset is None:
        raise DatasetNotFound(name=name)
    return dataset


def all_of(session: Session, organization_id: int | None = None) -> list[Dataset]:
    """The datasets of an organization (of all, if None), by name."""
    query = select(Dataset).order_by(Dataset.name)
    if organization_id is not None:
        query = query.where(Dataset.organization_id == organization_id)
    return list(session.scalars(query))


def ensure(session: Session, organization_id: int, name: str, columns: Sequence[NewColumn], at: datetime) -> Dataset:
    """The organization's dataset of that name with at least these columns; made, if there is none.

    Raises FieldMissing or FieldTypeDiffers for one that is there and cannot take them.
    """
    lock(session, f"datasets:{organization_id}")
    dataset = session.scalar(select(Dataset).where(Dataset.organization_id == organization_id, Dataset.name == name))
    if dataset is None:
        dataset = Dataset(organization_id=organization_id, name=name, created_at=at, updated_at=at)
        dataset.columns = [
            DatasetColumn(position=position, field=column.field, header=column.header, type=column.type)
            for position, column in enumerate(columns)
        ]
        session.add(dataset)
        session.flush()
        return dataset
    _check_columns(dataset, columns)
    return dataset


def hold(session: Session, dataset_id: int) -> None:
    """Until the transaction ends, nobody else changes the dataset or its rows: before what is there is looked at, to
    rely on it. On SQLite that is so anyway.
    """
    run_one(session, HOLD, {"this": dataset_id})


def rows_query(dataset: Dataset, search: str = "", sort: str | None = None, descending: bool = False) -> Select[Any]:
    """The rows of a dataset, narrowed to those with `search` in any field, sorted by the field `sort` or by arrival.

    Blanks come last, whichever way round the others are.
    """
    query = select(DatasetRow).where(DatasetRow.dataset_id == dataset.id)
    if search:
        query = query.where(DatasetRow.data.icontains(_as_in_json(search), autoescape=True))
    column = next((column for column in dataset.columns if column.field == sort), None)
    if column is None:
        return query.order_by(DatasetRow.id)
    ordered = _ordered(column)
    return query.order_by((ordered.desc() if descending else ordered.asc()).nulls_last(), DatasetRow.id)


def data_of(query: Select[Any]) -> Select[Any]:
    """The same rows as the JSON objects that they are stored as, for whoever reads many."""
    return query.with_only_columns(DatasetRow.data)


def value_in_rows(field: str) -> Any:
    """A field of rows, for conditions of a query: what JSON has there."""
    return json_in(DatasetRow.data)[field]


def values_of(row: DatasetRow) -> dict[str, Any]:
    """The fields of a row; decimals are exact."""
    found: dict[str, Any] = json.loads(row.data, parse_float=Decimal)
    return found


def texts_of(row: DatasetRow, columns: Iterable[DatasetColumn]) -> dict[str, str]:
    """The fields of a row as people read them."""
    values = values_of(row)
    return {column.field: text_of(values.get(column.field), column.type) for column in columns}


def text_of(value: Any, type_: str = "text") -> str:
    """A value as people read it: nothing for None, words for booleans, hours for a length of time, 12.5 % for 0.125."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal | int):
        return f"{(Decimal(value) * 100).normalize():,f} %" if type_ == "percent" else f"{value:,}"
    if type_ == "duration":
        return as_text(msgspec.convert(value, timedelta))
    return str(value).replace("T", " ") if type_ == "datetime" else str(value)


def _ordered(column: DatasetColumn) -> Any:
    """What rows are sorted by: moments are texts in ISO 8601, which sort as they are."""
    text = value_in_rows(column.field).as_string()
    if column.type in NUMBERS:
        return cast(text, Numeric)
    return seconds_of(text) if column.type == "duration" else func.lower(text)


def _check_columns(dataset: Dataset, columns: Sequence[NewColumn]) -> None:
    present: Mapping[str, str] = {column.field: column.type for column in dataset.columns}
    for column in columns:
        if column.field not in present:
            raise FieldMissing(name=dataset.name, field=column.field)
        if present[column.field] != column.type:
            raise type_differs(dataset, column.field, present[column.field], column.type)


def type_differs(dataset: Dataset, field: str, present: str, wanted: str) -> FieldTypeDiffers:
    """What to raise where a field of a dataset is of another type than a template wants."""
    words = {"present": COLUMN_TYPES[present].human, "wanted": COLUMN_TYPES[wanted].human}
    return FieldTypeDiffers(name=dataset.name, field=field, **words)


def _as_in_json(text: str) -> str:
    """How `text` is written inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
