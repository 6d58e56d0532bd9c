"""A checkpoint: where a job stands, as `jobs.cursor` keeps it, whichever style its handler is written in.

A job without steps keeps its cursor, any JSON value. One with steps keeps `{"done": [names], "step": name, "at":
cursor}`: the steps behind it, the one in hand, and the cursor inside that one.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from .errors import CursorNotJson
from .models import Job

KEYS = {"done", "step", "at"}


@dataclass(frozen=True)
class Checkpoint:
    """Where a job stands: the names of the steps `done`, in order, the `step` in hand, and the `cursor` there."""

    cursor: Any = None
    step: str | None = None
    done: tuple[str, ...] = ()

    @classmethod
    def read(cls, stored: str | None) -> "Checkpoint":
        """The checkpoint that `jobs.cursor` holds."""
        value = None if stored is None else json.loads(stored)
        if isinstance(value, dict) and value.keys() == KEYS:
            return cls(value["at"], value["step"], tuple(value["done"]))
        return cls(value)

    @property
    def has_steps(self) -> bool:
        """Whether a step was begun or done."""
        return self.step is not None or bool(self.done)

    @property
    def stored(self) -> str:
        """What `jobs.cursor` is to hold. Raises CursorNotJson."""
        value = {"done": self.done, "step": self.step, "at": self.cursor} if self.has_steps else self.cursor
        try:
            return json.dumps(value, sort_keys=True, allow_nan=False)
        except (TypeError, ValueError) as error:
            raise CursorNotJson(cursor=self.cursor) from error


def place_of(job: Job, said: Callable[[Any], str] = json.dumps) -> str:
    """Where the job stands, as the end of a sentence: `in the step “bill”, after 40 rows, at 17`.

    `said` puts a cursor into words.
    """
    checkpoint = Checkpoint.read(job.cursor)
    step = f"in the step “{checkpoint.step}”" if checkpoint.step else _behind(checkpoint)
    rows = f"after {job.processed:,} {job.unit}" if job.processed else ""
    cursor = "" if checkpoint.cursor is None else f"at {said(checkpoint.cursor)}"
    return ", ".join(part for part in (step, rows, cursor) if part) or "at the very beginning"


def _behind(checkpoint: Checkpoint) -> str:
    return f"after the step “{checkpoint.done[-1]}”" if checkpoint.done else ""
