"""What is kept of rejected rows: the rows as they came, their cells with the reasons, and groups of equal problems.

All is written in the transaction of the batch that the rows are in.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import Session

from webapp.db import run_many
from webapp.sheets import Problem

from ..models import ProblemGroup, RejectedCell, RejectedRow
from .batches import Examined

CELLS_KEPT = 10_000
"""Rejected rows whose cells are listed, of one import; the rows beyond are kept and counted, but not listed."""
VALUES_KEPT = 200
"""Values with a group of their own, of one column and reason; all others share one."""
OTHER_VALUES = "other values"

Group = tuple[str, str, str]
"""Field, code, and value."""


def keep(session: Session, import_id: int, examined: Examined, before: int) -> None:
    """Keeps the rejected rows of a batch, `before` which so many rows of the import were rejected."""
    rows = [{"import_id": import_id, "row": row, "cells": cells} for row, cells in examined.as_they_came()]
    session.execute(insert(RejectedRow), rows)
    listed = set(examined.rejected[: max(0, CELLS_KEPT - before)])
    cells = [_cell(import_id, problem) for problem in examined.problems if problem.row in listed]
    if cells:
        session.execute(insert(RejectedCell), cells)


class ProblemGroups:
    """The groups of equal problems of one pass over a workbook, counted exactly; made anew by each attempt at it."""

    def __init__(self, import_id: int, phase: str, fields: Mapping[str, str]) -> None:
        """`phase` is one of `models.CHECK` and `models.RUN`, `fields` has the field of each column by its header."""
        self._import_id, self._phase, self._fields = import_id, phase, fields
        self._is_loaded = False
        self._stored: set[Group] = set()
        self._own: set[Group] = set()
        self._values: Counter[tuple[str, str]] = Counter()

    def add(self, session: Session, problems: Sequence[Problem]) -> None:
        """Counts these problems. What follows in the transaction must not be given up without the whole pass."""
        if not self._is_loaded:
            self._load(session)
        grouped: dict[Group, list[Problem]] = {}
        for problem in problems:
            grouped.setdefault(self._group_of(problem), []).append(problem)
        more = [(*group, len(members)) for group, members in grouped.items() if group in self._stored]
        shared = {"of_import": self._import_id, "of_phase": self._phase}
        run_many(session, MORE, ("of_field", "of_code", "of_value", "more"), more, shared)
        new = {group: members for group, members in grouped.items() if group not in self._stored}
        if new:
            session.execute(insert(ProblemGroup), [self._row(*each) for each in new.items()])
            self._stored.update(new)

    def _load(self, session: Session) -> None:
        columns = ProblemGroup.field, ProblemGroup.code, ProblemGroup.value
        query = select(*columns).where(ProblemGroup.import_id == self._import_id, ProblemGroup.phase == self._phase)
        self._stored = {(field, code, value) for field, code, value in session.execute(query)}
        self._own, self._is_loaded = set(self._stored), True
        self._values = Counter(group[:2] for group in self._own if group[2] != OTHER_VALUES)

    def _group_of(self, problem: Problem) -> Group:
        """The group of a problem. A value that is new gets one of its own while there are any left."""
        field = self._fields[problem.header]
        group = field, problem.code, problem.value_text
        if group not in self._own:
            if self._values[group[:2]] >= VALUES_KEPT:
                return field, problem.code, OTHER_VALUES
            self._own.add(group)
            self._values[group[:2]] += 1
        return group

    def _row(self, group: Group, problems: Sequence[Problem]) -> dict[str, Any]:
        (field, code, value), problem = group, problems[0]
        return {
            "import_id": self._import_id, "phase": self._phase, "field": field, "header": problem.header, "code": code,
            "value": value, "reason": problem.reason, "count": len(problems), "first_row": problem.row,
        }  # fmt: skip


MORE = (
    update(ProblemGroup)
    .where(
        ProblemGroup.import_id == bindparam("of_import"),
        ProblemGroup.phase == bindparam("of_phase"),
        ProblemGroup.field == bindparam("of_field"),
        ProblemGroup.code == bindparam("of_code"),
        ProblemGroup.value == bindparam("of_value"),
    )
    .values(count=ProblemGroup.count + bindparam("more"))
)


def _cell(import_id: int, problem: Problem) -> dict[str, Any]:
    return {
        "import_id": import_id,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column_letter,
        "header": problem.header,
        "value": problem.value_text,
        "code": problem.code,
        "reason": problem.reason,
    }
