"""The history of a job, for people: what happened, and who asked for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from webapp.jobs import JobEvent

from .actors import names_of

HAPPENED = {
    "enqueued": "Asked for",
    "queued": "Its time has come",
    "started": "Started",
    "resumed": "Went on from its last checkpoint",
    "progressed": "{detail}",
    "retried": "Failed, and will be tried again",
    "retrying": "Asked to try it again",
    "interrupting": "Asked to interrupt it",
    "interrupted": "Interrupted: {detail}; it goes on from its checkpoint",
    "parked": "Set aside: no worker knew how to run it",
    "blocked": "Waits for another job to end",
    "unblocked": "The other job has ended",
    "cancelling": "Asked to cancel",
    "pausing": "Asked to pause",
    "paused": "Paused",
    "resuming": "Asked to go on",
    "completed": "Completed",
    "failed": "Failed",
    "discarded": "Failed",
    "cancelled": "{detail}",
}
"""What happened, without a name. A detail that has no place here is for operators: the names of errors and of jobs."""

ASKED = {
    "retrying": "{who} tried it again",
    "interrupting": "{who} asked to interrupt it",
    "cancelling": "{who} asked to cancel it",
    "pausing": "{who} asked to pause it",
    "paused": "{who} paused it",
    "resumed": "{who} resumed it",
    "resuming": "{who} resumed it",
    "discarded": "{who} gave it up",
    "cancelled": "{who} cancelled it",
}
"""The same, of what somebody asked for."""

TOLD = {"completed", "interrupting"}
"""Events whose detail follows the words, if there is one."""


@dataclass(frozen=True)
class HistoryLine:
    """A line of a job's history: when, and what happened."""

    at: float
    words: str


def history_lines(events: Sequence[JobEvent]) -> list[HistoryLine]:
    """The events in words, the newest first; whoever asked for something as the reader may know them."""
    names = names_of({event.actor for event in events if event.actor})
    return [HistoryLine(event.at, _words(event, names)) for event in reversed(events)]


def _words(event: JobEvent, names: dict[str, str]) -> str:
    who, detail = names.get(event.actor or ""), event.detail or ""
    words = ASKED.get(event.name) if who else None
    words = words or HAPPENED.get(event.name) or event.name.capitalize()
    said = words.format(who=who, detail=detail) or event.name.capitalize()
    return f"{said}: {detail}" if event.name in TOLD and detail else said
