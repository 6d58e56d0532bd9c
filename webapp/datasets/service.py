"""What can be done with datasets: make one, put rows into it, look at them."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from itertools import zip_longest
from typing import Any, cast

from sqlalchemy import JSON, Select, Table, bindparam, func, insert, select, type_coerce, update
from sqlalchemy.orm import Session

from webapp.db import find_all, run_many
from webapp.problems import Problem

from .models import Dataset, DatasetColumn, DatasetRow

NUMBERS = {"integer", "decimal"}
ROWS = cast(Table, DatasetRow.__table__)
KEYS_AT_ONCE = 500
KEY_NAMES = [f"key_{place}" for place in range(KEYS_AT_ONCE)]

KNOWN = select(ROWS.c.key, ROWS.c.id, ROWS.c.data).where(
    ROWS.c.dataset_id == bindparam("dataset_id"), ROWS.c.key.in_([bindparam(name) for name in KEY_NAMES])
)
INSERT = insert(ROWS).inline()
UPDATE = update(ROWS).where(ROWS.c.id == bindparam("this"))


class DatasetError(Problem):
    """Something is wrong with a dataset."""


class DatasetNotFound(DatasetError):
    """There is no dataset called “{name}”."""


class FieldMissing(DatasetError):
    """The dataset “{name}” is there already, and has no field {field}. Choose another dataset, or rename the field."""


class FieldTypeDiffers(DatasetError):
    """In the dataset “{name}”, {field} is of the type {present}, not {wanted}. Choose that type, or another dataset."""


@dataclass(frozen=True)
class NewColumn:
    """A column that a dataset is to have."""

    field: str
    header: str
    type: str


@dataclass(frozen=True)
class Counts:
    """What became of the rows of a batch."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0


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


def count_rows(session: Session, dataset_id: int) -> int:
    """How many rows the dataset has."""
    return session.scalar(select(func.count()).where(DatasetRow.dataset_id == dataset_id)) or 0


def ensure(session: Session, organization_id: int, name: str, columns: Sequence[NewColumn], at: datetime) -> Dataset:
    """The organization's dataset of that name with at least these columns; made, if there is none.

    Raises FieldMissing or FieldTypeDiffers for one that is there and cannot take them.
    """
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


def upsert(session: Session, dataset_id: int, rows: Sequence[tuple[str | None, str]], at: datetime) -> Counts:
    """Puts rows, as (key, JSON object), into a dataset: new keys are inserted, known ones updated where they differ.

    A row without a key is always inserted. A key that comes twice counts twice, and its last row stays, wherever
    one batch ends and the next begins.
    """
    known = _known(session, dataset_id, [key for key, _ in rows if key is not None])
    keyless = [data for key, data in rows if key is None]
    inserts: dict[str, str] = {}
    updates: dict[int, str] = {}
    counts = {"inserted": len(keyless), "updated": 0, "unchanged": 0}
    for key, data in rows:
        if key is not None:
            counts[_place(key, data, known, inserts, updates)] += 1
    _insert(session, dataset_id, [(None, data) for data in keyless] + list(inserts.items()), at)
    _update(session, updates, at)
    if counts["inserted"] or counts["updated"]:
        session.execute(update(Dataset).where(Dataset.id == dataset_id).values(updated_at=at))
    return Counts(**counts)


def rows_query(dataset: Dataset, search: str = "", sort: str | None = None, descending: bool = False) -> Select[Any]:
    """The rows of a dataset, narrowed to those with `search` in any field, sorted by the field `sort` or by arrival."""
    query = select(DatasetRow).where(DatasetRow.dataset_id == dataset.id)
    if search:
        query = query.where(DatasetRow.data.icontains(_as_in_json(search), autoescape=True))
    column = next((column for column in dataset.columns if column.field == sort), None)
    if column is None:
        return query.order_by(DatasetRow.id)
    value = type_coerce(DatasetRow.data, JSON)[column.field]
    ordered = value.as_float() if column.type in NUMBERS else func.lower(value.as_string())
    return query.order_by(ordered.desc() if descending else ordered.asc(), DatasetRow.id)


def data_of(query: Select[Any]) -> Select[Any]:
    """The same rows as the JSON objects that they are stored as, for whoever reads many."""
    return query.with_only_columns(DatasetRow.data)


def data_column() -> Any:
    """The JSON of a row, for conditions of a query."""
    return DatasetRow.data


def values_of(row: DatasetRow) -> dict[str, Any]:
    """The fields of a row; decimals are exact."""
    found: dict[str, Any] = json.loads(row.data, parse_float=Decimal)
    return found


def texts_of(row: DatasetRow, columns: Iterable[DatasetColumn]) -> dict[str, str]:
    """The fields of a row as people read them."""
    values = values_of(row)
    return {column.field: text_of(values.get(column.field), column.type) for column in columns}


def text_of(value: Any, type_: str = "text") -> str:
    """A value as people read it: nothing for None, words for booleans, a space for the T of a moment."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal | int):
        return f"{value:,}"
    return str(value).replace("T", " ") if type_ == "datetime" else str(value)


def _check_columns(dataset: Dataset, columns: Sequence[NewColumn]) -> None:
    present: Mapping[str, str] = {column.field: column.type for column in dataset.columns}
    for column in columns:
        if column.field not in present:
            raise FieldMissing(name=dataset.name, field=column.field)
        if present[column.field] != column.type:
            raise FieldTypeDiffers(
                name=dataset.name, field=column.field, present=present[column.field], wanted=column.type
            )


def _place(
    key: str, data: str, known: dict[str, tuple[int, str]], inserts: dict[str, str], updates: dict[int, str]
) -> str:
    """Puts one row among the inserts or the updates, and says what it counts as."""
    if key in known:
        row_id, present = known[key]
        if present == data:
            return "unchanged"
        known[key], updates[row_id] = (row_id, data), data
        return "updated"
    present_here = inserts.get(key)
    inserts[key] = data
    if present_here is None:
        return "inserted"
    return "unchanged" if present_here == data else "updated"


def _known(session: Session, dataset_id: int, keys: Sequence[str]) -> dict[str, tuple[int, str]]:
    """The rows that are there already, with their ids, by their keys."""
    found: dict[str, tuple[int, str]] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = dict(zip_longest(KEY_NAMES, keys[start : start + KEYS_AT_ONCE]))
        rows = find_all(session, KNOWN, {"dataset_id": dataset_id, **some})
        found.update((key, (row_id, data)) for key, row_id, data in rows)
    return found


def _insert(session: Session, dataset_id: int, rows: Sequence[tuple[str | None, str]], at: datetime) -> None:
    stamp = {"dataset_id": dataset_id, "created_at": at, "updated_at": at}
    run_many(session, INSERT, ("key", "data"), rows, stamp)


def _update(session: Session, rows: Mapping[int, str], at: datetime) -> None:
    run_many(session, UPDATE, ("this", "data"), list(rows.items()), {"updated_at": at})


def _as_in_json(text: str) -> str:
    """How `text` is written inside a JSON string."""
    return json.dumps(text, ensure_ascii=False)[1:-1]
