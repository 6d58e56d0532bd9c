"""A job as pages show it: its picture, with addresses, and with a sentence for those who hear it."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask import Flask, current_app, url_for
from sqlalchemy.orm import Session

from webapp.jobs import Job, JobEvent, Picture, explain, picture

from .formats import duration

Address = Callable[[Picture], str]

EVENT_WORDS = {
    "enqueued": "Asked for",
    "queued": "Its time has come",
    "started": "Started",
    "resumed": "Went on from its last checkpoint",
    "progressed": "",
    "retried": "Failed, and will be tried again",
    "interrupted": "Interrupted; it goes on from its checkpoint",
    "cancelling": "Asked to cancel",
    "pausing": "Asked to pause",
    "paused": "Paused",
    "completed": "Completed",
    "failed": "Failed",
    "discarded": "Failed",
    "cancelled": "Cancelled",
}


def has_page(app: Flask, kind: str, address: Address) -> None:
    """For a room's set-up: jobs of this kind have a page of their own, whose address is made from their picture."""
    app.extensions.setdefault("job_addresses", {})[kind] = address


class JobView:
    """What the templates know of a job: every value of its picture as an attribute, and these."""

    def __init__(self, shown: Picture, waiting: str | None = None):
        self._shown = shown
        self.waiting = waiting

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._shown:
            raise AttributeError(name)
        value = self._shown[name]
        if name.endswith("_at") and value is not None:
            return datetime.fromisoformat(value).timestamp()
        return value

    @property
    def percentage(self) -> int | None:
        """Whole percents, None while the total is unknown."""
        return self.progress

    @property
    def url(self) -> str:
        """The page of this job: its feature's, or the one that every job has."""
        own = current_app.extensions.get("job_addresses", {}).get(self.kind)
        return own(self._shown) if own else url_for("jobs.show", job_id=self.id)

    @property
    def cancellation_url(self) -> str:
        """Where to post to cancel it."""
        return url_for("jobs.cancellation", job_id=self.id)

    @property
    def sentence(self) -> str:
        """One line for those who hear the page."""
        return f"{self.title}: {self._said()}"

    def _said(self) -> str:
        if self.status == "failed":
            return f"failed. {self.error_message}"
        if self.outcome and not self.is_active:
            return str(self.outcome)
        if self.status != "processing" or not self.total:
            return f"{self.words.rstrip('…').lower()}."
        left = f", {duration(self.seconds_left)} left" if self.seconds_left else ""
        return f"{self.processed:,} of {self.total:,} {self.unit}{left}."


def view(session: Session, job: Job) -> JobView:
    """The view of a job fresh from the ledger."""
    return JobView(picture(job), explain(session, job))


def words_for(event: JobEvent) -> tuple[float, str]:
    """A line of a job's history as (moment, words)."""
    words, detail = EVENT_WORDS.get(event.name, event.name.capitalize()), event.detail
    if event.name in {"enqueued", "retried", "failed", "discarded"} or not detail:
        return event.at, words
    return event.at, f"{words}: {detail}" if words else detail
