"""Where a job stands, for people: its step and its checkpoint in words, and the attempts that brought it there."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from webapp.jobs import Job
from webapp.jobs.checkpoints import Checkpoint
from webapp.jobs.models import JobAttempt

LONGEST = 120
"""Characters of a checkpoint that are shown."""

OUTCOMES = {
    "completed": "Completed",
    "cancelled": "Cancelled",
    "paused": "Paused",
    "interrupted": "Interrupted",
    "parked": "Set aside: no worker knew how to run it",
    "retried": "Failed, tried again",
    "failed": "Failed",
    "discarded": "Failed; no retry can help",
    "lost": "Its worker was lost",
}


@dataclass(frozen=True)
class Place:
    """Where a job stands: the step that it is in, how many are behind it, and its checkpoint in words.

    `is_kept` says whether it saves its place as it goes, so that it can be paused there.
    """

    step: str | None
    steps_done: int
    checkpoint: str | None
    is_kept: bool


@dataclass(frozen=True)
class AttemptLine:
    """One try at a job, for its page. `error` and `trace` are None for all but admins."""

    number: int
    started_at: float
    ended_at: float | None
    words: str
    error: str | None
    trace: str | None


def place_of(job: Job) -> Place:
    """Where the job stands, by its last checkpoint."""
    checkpoint, is_kept = Checkpoint.read(job.cursor), job.cursor is not None or job.total is not None
    return Place(checkpoint.step, len(checkpoint.done), _shortened(checkpoint.cursor), is_kept)


def attempt_lines(attempts: Sequence[JobAttempt], total: int, for_admin: bool) -> list[AttemptLine]:
    """The newest of `total` attempts, newest first, in words."""
    return [
        AttemptLine(
            number=total - place,
            started_at=attempt.started_at,
            ended_at=attempt.ended_at,
            words=OUTCOMES.get(attempt.came_to or "", "Under way"),
            error=attempt.error_name if for_admin else None,
            trace=attempt.error_trace if for_admin else None,
        )
        for place, attempt in enumerate(attempts)
    ]


def _shortened(cursor: Any) -> str | None:
    words = _in_words(cursor)
    return words if words is None or len(words) <= LONGEST else words[: LONGEST - 1] + "…"


def _in_words(value: Any) -> str | None:
    """A cursor as people read it: `row 12,401, sheet Hours`."""
    if value is None:
        return None
    if isinstance(value, Mapping):
        named = {name.replace("_", " "): each for name, each in value.items() if each is not False}
        return ", ".join(name if each is True else f"{name} {_in_words(each) or '–'}" for name, each in named.items())
    if isinstance(value, list):
        return " / ".join(_in_words(each) or "–" for each in value) or None
    return f"{value:,}" if isinstance(value, int | float) else str(value)
