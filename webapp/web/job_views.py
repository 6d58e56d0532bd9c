"""A job as pages show it: its picture, with addresses, and with a sentence for those who hear it."""

from collections.abc import Callable
from datetime import datetime
from functools import cached_property
from typing import Any

from flask import Flask, current_app, url_for
from flask_login import current_user
from sqlalchemy.orm import Session

from webapp.accounts.service import visible_owner_ids
from webapp.jobs import Job, Picture, clock, explain, find, picture
from webapp.jobs.models import JobQueue
from webapp.jobs.registry import is_known
from webapp.jobs.states import IN_HAND

from .formats import duration
from .job_places import Place, place_of

Address = Callable[[Picture], str]


def has_page(app: Flask, kind: str, address: Address) -> None:
    """For a room's set-up: jobs of this kind have a page of their own, whose address is made from their picture."""
    app.extensions.setdefault("job_addresses", {})[kind] = address


class JobView:
    """What the templates know of a job fresh from the ledger: every value of its picture as an attribute, and these."""

    def __init__(self, session: Session, job: Job):
        self._session, self._job = session, job
        self._shown = picture(job)

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_") or name not in self._shown:
            raise AttributeError(name)
        value = self._shown[name]
        if name.endswith("_at") and value is not None:
            return datetime.fromisoformat(value).timestamp()
        return value

    @property
    def words(self) -> str:
        """What it is doing, in words; exactly what it waits for."""
        if self.is_silent:
            return "Worker not answering"
        if self.is_interrupting:
            return "Interrupting…"
        if self.state == "scheduled" and not is_known(self._job.handler):
            return "Parked"
        if self.state == "scheduled" and self.attempt > 1:
            return "Waiting to try again"
        if self.state == "queued" and self._job.started_at:
            return "Waiting to go on"
        if self.state == "completed" and self._completed_with:
            return f"Completed with {self._completed_with}"
        return str(self._shown["words"])

    @cached_property
    def waiting(self) -> str | None:
        """Why it waits, without the names of people and jobs that are no business of the reader's."""
        if self.is_silent:
            return "It goes on from its checkpoint as soon as another worker takes it."
        if self.state == "blocked":
            return f"Waits for “{self.blocker.title}” to end." if self.blocker else "Waits for another job to end."
        paused = self._session.get(JobQueue, self._job.queue) if self.state == "queued" else None
        if paused is not None:
            return f"The queue “{paused.name}” is paused{f': {paused.reason}' if paused.reason else ''}."
        return explain(self._session, self._job)

    @cached_property
    def blocker(self) -> "JobView | None":
        """The job that it waits for, if the reader may see that one."""
        if self.state != "blocked" or not self._job.blocked_by:
            return None
        found = find(self._session, self._job.blocked_by)
        visible = found is not None and found.owner_id in visible_owner_ids(self._session, current_user)
        return JobView(self._session, found) if found is not None and visible else None

    @cached_property
    def place(self) -> Place:
        """Where it stands."""
        return place_of(self._job)

    @property
    def silent_from(self) -> float | None:
        """The moment at which its worker counts as gone, unless it is heard before; None if none has it in hand."""
        return self._job.lease_until if self.state in IN_HAND else None

    @property
    def is_silent(self) -> bool:
        """Whether its worker was not heard for as long as a lease lasts."""
        return self.silent_from is not None and self.silent_from < clock.now()

    @property
    def percentage(self) -> int | None:
        """Whole percents, None while the total is unknown."""
        return self.progress

    @property
    def is_restless(self) -> bool:
        """Whether what is said of it may change without a change of the job: it waits, and others move."""
        return self.is_silent or (self.status == "pending" and self.state != "paused")

    @property
    def can_pause(self) -> bool:
        """Whether it may be paused: it waits, or it saves its place as it goes."""
        return self.state in {"scheduled", "queued", "blocked"} or (self.state == "running" and self.place.is_kept)

    @property
    def can_resume(self) -> bool:
        """Whether it is paused, or about to be."""
        return self.state in {"paused", "pausing"}

    @property
    def can_retry(self) -> bool:
        """Whether another try is on offer: it failed, and nobody gave it up."""
        return self.state == "failed"

    @property
    def is_interrupting(self) -> bool:
        """Whether it was asked to go back on its queue at once, and has not come to a safe point yet."""
        return self.state == "running" and self._job.interrupt_when == {"after_seconds": 0}

    @property
    def can_interrupt(self) -> bool:
        """Whether the reader, an admin, may send it back on its queue: it runs, and saves its place as it goes."""
        is_running = self.state == "running" and not self.is_interrupting and not self.is_silent
        return bool(is_running and self.place.is_kept and current_user.is_admin)

    @property
    def can_discard(self) -> bool:
        """Whether the reader, an admin, may give it up."""
        return bool(self.can_retry and current_user.is_admin)

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
    def pause_url(self) -> str:
        """Where to post to pause it."""
        return url_for("jobs.pause", job_id=self.id)

    @property
    def resumption_url(self) -> str:
        """Where to post to go on with it."""
        return url_for("jobs.resumption", job_id=self.id)

    @property
    def retry_url(self) -> str:
        """Where to post to try it again."""
        return url_for("jobs.retry", job_id=self.id)

    @property
    def interruption_url(self) -> str:
        """Where to post to interrupt it."""
        return url_for("jobs.interruption", job_id=self.id)

    @property
    def discard_url(self) -> str:
        """Where to post to give it up."""
        return url_for("jobs.discard", job_id=self.id)

    @property
    def sentence(self) -> str:
        """One line for those who hear the page."""
        return f"{self.title}: {self._said()}"

    @property
    def _completed_with(self) -> str | None:
        """What its result calls `completed_with`: what there is besides success, as in "10 rejected rows"."""
        result = self._job.result
        return result.get("completed_with") if isinstance(result, dict) else None

    def _said(self) -> str:
        if self.status == "failed":
            return f"failed. {self.error_message}"
        if self.outcome and self.completed_at:
            return f"completed with {self._completed_with}. {self.outcome}" if self._completed_with else self.outcome
        if self.state != "running" or self.is_silent or not self.total:
            return f"{self.words.rstrip('…').lower()}."
        left = f", {duration(self.seconds_left)} left" if self.seconds_left else ""
        return f"{self.processed:,} of {self.total:,} {self.unit}{left}."


def view(session: Session, job: Job) -> JobView:
    """The view of a job fresh from the ledger."""
    return JobView(session, job)
