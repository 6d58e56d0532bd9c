"""The states of a job, and every legal way from one to another.

A state in *-ing* (but running) is a request, one in *-ed* is a fact. Nothing writes a state but
`ledger.move`, and it knows no way that does not stand here.
"""

from enum import StrEnum
from functools import cache


class State(StrEnum):
    """What a job is doing, exactly; `status` says it to people."""

    SCHEDULED = "scheduled"
    QUEUED = "queued"
    BLOCKED = "blocked"
    RUNNING = "running"
    PAUSING = "pausing"
    PAUSED = "paused"
    CANCELLING = "cancelling"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    DISCARDED = "discarded"


S = State

WORDS = {
    S.SCHEDULED: "Waiting for its time",
    S.QUEUED: "Waiting to start",
    S.BLOCKED: "Waiting for another job",
    S.RUNNING: "Running",
    S.PAUSING: "Pausing…",
    S.PAUSED: "Paused",
    S.CANCELLING: "Cancelling…",
    S.COMPLETED: "Completed",
    S.FAILED: "Failed",
    S.CANCELLED: "Cancelled",
    S.DISCARDED: "Failed",
}

STATUS = {
    S.SCHEDULED: "pending",
    S.QUEUED: "pending",
    S.BLOCKED: "pending",
    S.PAUSED: "pending",
    S.RUNNING: "processing",
    S.PAUSING: "processing",
    S.CANCELLING: "processing",
    S.COMPLETED: "completed",
    S.FAILED: "failed",
    S.DISCARDED: "failed",
    S.CANCELLED: "cancelled",
}

TRANSITIONS = {
    (S.SCHEDULED, S.QUEUED): "Its time has come.",
    (S.SCHEDULED, S.CANCELLED): "It was cancelled before its time came.",
    (S.QUEUED, S.RUNNING): "A worker took it.",
    (S.QUEUED, S.CANCELLED): "It was cancelled before it began.",
    (S.QUEUED, S.BLOCKED): "Another job holds the slot that it needs.",
    (S.BLOCKED, S.QUEUED): "The slot that it needs is free.",
    (S.BLOCKED, S.CANCELLED): "It was cancelled while it waited for a slot.",
    (S.RUNNING, S.COMPLETED): "It reached its end.",
    (S.RUNNING, S.FAILED): "An error stopped it.",
    (S.RUNNING, S.DISCARDED): "An error stopped it that no retry can help.",
    (S.RUNNING, S.SCHEDULED): "An error stopped it; it will be tried again.",
    (S.RUNNING, S.QUEUED): "It was interrupted and will go on from its checkpoint.",
    (S.RUNNING, S.CANCELLING): "Someone asked to cancel it.",
    (S.RUNNING, S.PAUSING): "Someone asked to pause it.",
    (S.SCHEDULED, S.PAUSED): "It was paused before its time came.",
    (S.QUEUED, S.PAUSED): "It was paused before it began.",
    (S.BLOCKED, S.PAUSED): "It was paused while it waited for a slot.",
    (S.PAUSING, S.PAUSED): "It saved its place and paused.",
    (S.PAUSING, S.RUNNING): "Someone resumed it before it had paused.",
    (S.PAUSING, S.CANCELLING): "Someone asked to cancel it while it was pausing.",
    (S.PAUSING, S.COMPLETED): "It reached its end before it could pause.",
    (S.PAUSING, S.FAILED): "An error stopped it before it could pause.",
    (S.PAUSING, S.DISCARDED): "An error stopped it before it could pause, and no retry can help.",
    (S.PAUSED, S.QUEUED): "Someone resumed it.",
    (S.PAUSED, S.CANCELLED): "It was cancelled while it was paused.",
    (S.CANCELLING, S.CANCELLED): "It stopped as asked.",
    (S.CANCELLING, S.COMPLETED): "It reached its end before it could stop.",
    (S.FAILED, S.QUEUED): "Someone asked to try it again.",
    (S.FAILED, S.DISCARDED): "Someone gave it up.",
    (S.DISCARDED, S.QUEUED): "Someone asked to try it again.",
}

IN_HAND = frozenset({S.RUNNING, S.PAUSING, S.CANCELLING})
"""A worker holds it by a lease."""

ACTIVE = frozenset({S.SCHEDULED, S.QUEUED, S.BLOCKED, S.RUNNING, S.PAUSING, S.CANCELLING})
"""Counts towards the limit of active jobs a user (REQUIREMENTS A3)."""

UNFINISHED = ACTIVE | {S.PAUSED}
FINISHED = frozenset(State) - UNFINISHED


@cache
def ways_to(target: State) -> frozenset[State]:
    """The states from which `target` may be reached."""
    return frozenset(start for start, end in TRANSITIONS if end is target)
