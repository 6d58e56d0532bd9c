"""Checking a workbook before it is imported: every row is looked at, none is written (B13).

What an import would do is counted row by row beside what is there now; the first rows that it would add or change are
kept for a person to see, and what would be rejected is kept by groups. Knows no job and no page.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.datasets.changes import CHANGED, NEW, SKIPPED, UNCHANGED, Fate, NewRow, Refusal
from webapp.datasets.service import text_of

from ..models import CHECK, Check, CheckedRow, ProblemGroup
from ..running.batches import Examined
from ..running.examining import Examination, examined
from ..running.plans import Plan
from ..running.rejections import ProblemGroups
from ..service import Batches, Cursor
from ..targets.target import Target
from ..templates.columns import TemplateColumn

SHOWN = {NEW: 10, CHANGED: 40}
"""Rows that are kept to be seen, by what they would become."""

Foreseen = tuple[NewRow, Fate]
"""A row, and what would become of it."""


def begin(session: Session, import_id: int, target: Target) -> None:
    """Forgets the last check of an import, and notes which data the next one looks at."""
    for kept in (Check, CheckedRow):
        session.execute(delete(kept).where(kept.import_id == import_id))
    session.execute(delete(ProblemGroup).where(ProblemGroup.import_id == import_id, ProblemGroup.phase == CHECK))
    session.add(Check(import_id=import_id, data_version=target.version(session)))


def run_check(
    plan: Plan,
    batches: Batches,
    start: Cursor | None = None,
    processed: int = 0,
    waiting: Callable[[], None] = lambda: None,
) -> int:
    """Checks what stands below the cursor `start`, `processed` rows into the workbook; answers how many rows it read.

    Raises WorkbookRefused as soon as the workbook turns out to be unreadable.
    """
    row = start["row"] if start else 0
    with examined(plan, row, waiting, keep=True) as examination:
        groups = ProblemGroups(plan.import_id, CHECK, plan.fields)
        for batch in examination:
            processed += len(batch)
            total = max(examination.total, processed)
            fates = _foreseen(plan, examination, batch)
            with batches({"row": batch.last_row}, processed, total) as session:
                _keep(session, plan, batch, fates, groups)
            row = batch.last_row
    with batches({"row": row, "read": True}, processed, processed) as session:
        session.execute(_of(plan.import_id).values(finished_at=datetime.now(UTC)))
    return processed


def find(session: Session, import_id: int) -> Check | None:
    """The latest check of an import, or None before the first."""
    return session.get(Check, import_id, populate_existing=True)


def get(session: Session, import_id: int) -> Check:
    """The latest check of an import, which there must be."""
    return session.get_one(Check, import_id, populate_existing=True)


def is_stale(session: Session, check: Check, target: Target) -> bool:
    """Whether the target's data has changed since the check looked at it."""
    return target.version(session) != check.data_version


def groups_of(import_id: int, phase: str) -> Any:
    """The groups of problems that a pass over the workbook found, the largest first: a query to page."""
    query = select(ProblemGroup).where(ProblemGroup.import_id == import_id, ProblemGroup.phase == phase)
    return query.order_by(ProblemGroup.count.desc(), ProblemGroup.first_row, ProblemGroup.id)


def rows_that(session: Session, import_id: int, becomes: str) -> list[tuple[int, dict[str, tuple[str, str]]]]:
    """The first rows that would become NEW or CHANGED: number, and for each field the texts before and after."""
    query = select(CheckedRow).where(CheckedRow.import_id == import_id, CheckedRow.becomes == becomes)
    return [(found.row, json.loads(found.fields)) for found in session.scalars(query.order_by(CheckedRow.row))]


def outcome_of(check: Check) -> str:
    """What an import would do, as in `900 new, 90 changed, 8 unchanged; 2 would be rejected.`"""
    parts = {"new": check.new, "changed": check.changed, "unchanged": check.unchanged}
    parts |= {"left as they are": check.skipped}
    said = ", ".join(f"{count:,} {words}" for words, count in parts.items() if count) or "No row would be imported"
    rejected = f"; {check.rejected:,} would be rejected" if check.rejected else ""
    return f"{said}{rejected}. Nothing was written."


def _foreseen(plan: Plan, examination: Examination, batch: Examined) -> list[Foreseen]:
    """Compares a batch with what is there."""
    with plan.reading() as session:
        found = plan.target.compare(session, batch.rows, plan.existing)
    fates = list(zip(batch.rows, found, strict=True))
    examination.refuse(batch, [_refusal(row, fate) for row, fate in fates if fate.becomes not in COUNTED])
    return fates


def _keep(session: Session, plan: Plan, batch: Examined, fates: list[Foreseen], groups: ProblemGroups) -> None:
    """Keeps what came of a batch."""
    counts = _counts(batch, fates)
    groups.add(session, batch.problems)
    session.execute(_of(plan.import_id).values({name: getattr(Check, name) + more for name, more in counts.items()}))
    _show(session, plan, fates)


def _refusal(row: NewRow, fate: Fate) -> Refusal:
    return fate.refusal or Refusal(row.number, fate.becomes)


COUNTED = {NEW: "new", CHANGED: "changed", UNCHANGED: "unchanged", SKIPPED: "skipped"}
"""By what a row would become: the name of its count."""


def _counts(batch: Examined, fates: Iterable[Foreseen]) -> dict[str, int]:
    counts = dict.fromkeys(COUNTED.values(), 0)
    for row, fate in fates:
        if fate.becomes in COUNTED:
            # Its first row will be there by then: the key is new to the target, not to the import.
            comes_again = fate.becomes == NEW and row.number in batch.repeats
            counts[COUNTED[CHANGED if comes_again else fate.becomes]] += 1
    counts["skipped"] += batch.passed_over
    return counts | {"rejected": len(batch.rejected), "repeated": len(batch.repeats)}


def _show(session: Session, plan: Plan, fates: Iterable[Foreseen]) -> None:
    """Keeps the first rows that would be added or changed."""
    known = dict(session.execute(_shown_so_far(plan.import_id)).all())
    rows = []
    for row, (becomes, before, _) in fates:
        if known.get(becomes, 0) < SHOWN.get(becomes, 0):
            known[becomes] = known.get(becomes, 0) + 1
            fields = json.dumps(_differences(plan.columns, before, row.data))
            rows.append({"import_id": plan.import_id, "row": row.number, "becomes": becomes, "fields": fields})
    if rows:
        session.execute(insert(CheckedRow), rows)


def _shown_so_far(import_id: int) -> Any:
    query = select(CheckedRow.becomes, func.count()).where(CheckedRow.import_id == import_id)
    return query.group_by(CheckedRow.becomes)


def _differences(columns: Iterable[TemplateColumn], before: str | None, after: str) -> dict[str, tuple[str, str]]:
    """For each field that differs, or each of a new row: the texts before and after."""
    was, becomes = _values(before), _values(after)
    return {
        column.field: (text_of(was.get(column.field), column.type), text_of(becomes.get(column.field), column.type))
        for column in columns
        if column.field in becomes and (before is None or was.get(column.field) != becomes[column.field])
    }


def _values(data: str | None) -> Mapping[str, Any]:
    return json.loads(data, parse_float=Decimal) if data else {}


def _of(import_id: int) -> Any:
    return update(Check).where(Check.import_id == import_id)
