"""Rows put into datasets, with what they were before: what an import writes, and what undoing it needs.

A **change** is a number that its author chooses: whatever is put under it can be told from all else, and taken back.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import zip_longest
from typing import NamedTuple, cast

from sqlalchemy import Integer, Table, bindparam, insert, or_, select, update
from sqlalchemy.orm import Session

from webapp.db import find_all, run_many
from webapp.sql import keyed

from .documents import merged
from .models import Dataset, DatasetRow, EarlierRow
from .service import hold

NEW, CHANGED, UNCHANGED, SKIPPED, EXISTS, ABSENT = "new", "changed", "unchanged", "skipped", "exists", "absent"
"""What becomes of a row: the last two are refused, for the key must not be there, or must."""
REFUSED = "refused"
"""What becomes of a row that is refused for another reason."""
KNOWN = {"upsert": CHANGED, "update": CHANGED, "skip": SKIPPED, "insert": EXISTS}
"""By what is to happen to existing keys: what becomes of a row whose key is there with other values."""

DATASETS, ROWS, EARLIER = (cast(Table, model.__table__) for model in (Dataset, DatasetRow, EarlierRow))
KEYS_AT_ONCE = 500
STREAMED = 1_000
KEY_NAMES = [f"key_{place}" for place in range(KEYS_AT_ONCE)]

PRESENT = select(ROWS.c.key, ROWS.c.id, ROWS.c.data, ROWS.c.changed_in, ROWS.c.created_in).where(
    keyed(ROWS, ("dataset_id", bindparam("dataset_id")), "key", [bindparam(name) for name in KEY_NAMES])
)
INSERT = insert(ROWS).inline()
UPDATE = update(ROWS).where(ROWS.c.id == bindparam("this"))
TOUCH = (
    update(DATASETS)
    .where(DATASETS.c.id == bindparam("this"))
    .values(version=DATASETS.c.version + 1, row_count=DATASETS.c.row_count + bindparam("more"))
)
REMEMBER = insert(EARLIER).from_select(
    ["change", "row_id", "data", "changed_in", "updated_at"],
    select(bindparam("change", type_=Integer), ROWS.c.id, ROWS.c.data, ROWS.c.changed_in, ROWS.c.updated_at).where(
        ROWS.c.id == bindparam("this")
    ),
)
"""Keeps what a row is before a change touches it for the first time."""


class NewRow(NamedTuple):
    """A row on its way into a dataset: the JSON list of its key's values, or None, and the JSON object of its fields.

    `number` is that of the row in its workbook. With `blank`, the JSON object of a row whose fields are all blank, it
    says nothing of some fields: where its key is there already, they stay as they are.
    """

    number: int
    key: str | None
    data: str
    blank: str | None = None


class PresentRow(NamedTuple):
    """A row as it is in the dataset."""

    id: int
    data: str
    changed_in: int | None
    created_in: int | None


class Refusal(NamedTuple):
    """Why a row is not taken. `field` is that of the cell at fault; without one, the whole row is, and its key says
    which. `code` is for programs; EXISTS and ABSENT are reason enough by themselves.
    """

    number: int
    code: str
    field: str | None = None
    reason: str | None = None


class Prepared(NamedTuple):
    """The rows of a batch as `put` and `compare` take them, and those that the target cannot take, with the reasons:
    one for each cell at fault.
    """

    rows: Sequence[NewRow]
    refused: Sequence[Refusal] = ()


class Fate(NamedTuple):
    """What would become of a row: a word of this module, the JSON object that is there before, why it is refused."""

    becomes: str
    before: str | None = None
    refusal: Refusal | None = None


@dataclass
class Outcome:
    """What became of the rows of a batch: how many of each, and which are refused, and why."""

    inserted: int = 0
    updated: int = 0
    unchanged: int = 0
    skipped: int = 0
    refused: list[Refusal] = field(default_factory=list)


def put(
    session: Session, dataset_id: int, rows: Sequence[NewRow], at: datetime, *, change: int | None = None,
    existing: str = "upsert",
) -> Outcome:  # fmt: skip
    """Puts rows into a dataset under the number `change`: new keys are inserted, known ones treated as `existing` says.

    A row without a key is always inserted. A key that comes twice counts twice, and its last row stays, wherever
    one batch ends and the next begins: what this very change has inserted is changed, whatever `existing` says.
    """
    hold(session, dataset_id)
    batch = _Batch(_present(session, dataset_id, _keys(rows)), existing, change)
    batch.place(rows)
    _insert(session, dataset_id, batch.inserts, change, at)
    _update(session, list(batch.updates.values()), change, at)
    if (outcome := batch.outcome).inserted or outcome.updated:
        run_many(session, TOUCH, ("this", "more"), [(dataset_id, outcome.inserted)], {"updated_at": at})
    return outcome


def compare(session: Session, dataset_id: int, rows: Sequence[NewRow], existing: str = "upsert") -> list[Fate]:
    """What `put` would make of each row; nothing is written."""
    present = _present(session, dataset_id, _keys(rows))
    found = [(row, present[row.key].data if row.key in present else None) for row in rows]
    return [Fate(_fate(_coming(row, there), there, existing), there) for row, there in found]


def rows_before(session: Session, dataset_id: int, change: int) -> Iterator[tuple[str | None, str]]:
    """Key and JSON object of each row as it was before this change touched it, but for those that it made."""
    untouched = or_(DatasetRow.changed_in.is_(None), DatasetRow.changed_in != change)
    query = select(DatasetRow.key, DatasetRow.data).where(DatasetRow.dataset_id == dataset_id, untouched)
    yield from map(tuple, session.execute(query.execution_options(yield_per=STREAMED)))
    earlier = select(DatasetRow.key, EarlierRow.data).join(EarlierRow, EarlierRow.row_id == DatasetRow.id)
    earlier = earlier.where(EarlierRow.change == change, DatasetRow.dataset_id == dataset_id)
    yield from map(tuple, session.execute(earlier.execution_options(yield_per=STREAMED)))


def version_of(session: Session, dataset_id: int) -> int:
    """A number that grows whenever rows of the dataset change."""
    return session.scalar(select(Dataset.version).where(Dataset.id == dataset_id)) or 0


class _Batch:
    """The rows of a batch, parted into those to insert and those to update."""

    def __init__(self, present: dict[str, PresentRow], existing: str, change: int | None) -> None:
        self._present, self._existing, self._change = present, existing, change
        self.updates: dict[int, tuple[PresentRow, str]] = {}
        self._inserts: list[NewRow] = []
        self._inserts_by_key: dict[str, NewRow] = {}
        self._became: Counter[str] = Counter()
        self._refused: list[Refusal] = []

    @property
    def inserts(self) -> list[NewRow]:
        """The rows that are not there yet: of those with one key the last."""
        return [*self._inserts, *self._inserts_by_key.values()]

    @property
    def outcome(self) -> Outcome:
        """What became of the rows that were placed."""
        became = self._became
        return Outcome(became[NEW], became[CHANGED], became[UNCHANGED], became[SKIPPED], self._refused)

    def place(self, rows: Sequence[NewRow]) -> None:
        """Puts the rows where they belong, and counts them."""
        if self._are_all_new(rows):
            self._inserts.extend(rows)
            self._became[NEW] += len(rows)
        else:
            self._became.update(map(self._place, rows))

    def _are_all_new(self, rows: Sequence[NewRow]) -> bool:
        """Mostly they are, and then need no closer look."""
        keys = _keys(rows)
        return not self._present and self._existing != "update" and len(set(keys)) == len(keys)

    def _place(self, row: NewRow) -> str:
        if row.key is None:
            self._inserts.append(row)
            return NEW
        there, here = self._present.get(row.key), self._inserts_by_key.get(row.key)
        data = self._latest(there) if there else here.data if here else None
        coming = _coming(row, data)
        became = _fate(coming, data, "upsert" if self._is_own(there, here) else self._existing)
        if became in (EXISTS, ABSENT):
            self._refused.append(Refusal(row.number, became))
        elif became == NEW or (became == CHANGED and there is None):
            self._inserts_by_key[row.key] = row._replace(data=coming)
        elif became == CHANGED and there is not None:
            self.updates[there.id] = (there, coming)
        return became

    def _is_own(self, there: PresentRow | None, here: NewRow | None) -> bool:
        """Whether this change has inserted the row."""
        return here is not None or (there is not None and there.created_in == self._change is not None)

    def _latest(self, there: PresentRow) -> str:
        return self.updates[there.id][1] if there.id in self.updates else there.data


def _keys(rows: Sequence[NewRow]) -> list[str]:
    return [row.key for row in rows if row.key is not None]


def _coming(row: NewRow, there: str | None) -> str:
    """What the row would be, where this is there before."""
    return row.data if row.blank is None else merged(row.blank, there, row.data)


def _fate(data: str, there: str | None, existing: str) -> str:
    if there is None:
        return ABSENT if existing == "update" else NEW
    return UNCHANGED if there == data and existing != "insert" else KNOWN[existing]


def _present(session: Session, dataset_id: int, keys: Sequence[str]) -> dict[str, PresentRow]:
    """The rows that are there already, by their keys."""
    found: dict[str, PresentRow] = {}
    for start in range(0, len(keys), KEYS_AT_ONCE):
        some = dict(zip_longest(KEY_NAMES, keys[start : start + KEYS_AT_ONCE]))
        for key, *rest in find_all(session, PRESENT, {"dataset_id": dataset_id, **some}):
            found[key] = PresentRow(*rest)
    return found


def _insert(session: Session, dataset_id: int, rows: Sequence[NewRow], change: int | None, at: datetime) -> None:
    stamp = {"dataset_id": dataset_id, "created_at": at, "updated_at": at, "created_in": change, "changed_in": change}
    run_many(session, INSERT, ("key", "data"), [(row.key, _coming(row, None)) for row in rows], stamp)


def _update(session: Session, rows: Sequence[tuple[PresentRow, str]], change: int | None, at: datetime) -> None:
    if change is not None:
        untouched = [(there.id,) for there, _ in rows if there.changed_in != change]
        run_many(session, REMEMBER, ("this",), untouched, {"change": change})
    stamp = {"updated_at": at, "changed_in": change}
    run_many(session, UPDATE, ("this", "data"), [(there.id, data) for there, data in rows], stamp)
