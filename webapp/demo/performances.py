"""A job that is shown: begun on its stage, told where to be interrupted, followed, and reckoned up."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from webapp.campaigns.transports import HERE
from webapp.commerce import audit
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import FINISHED, Job, JobNotFound, State

from .errors import MailWouldLeave
from .stages import Sending, Stage

Tell = Callable[[Job], None]
LOOK_EVERY = 0.1
"""Seconds between two looks at a job that is followed."""


@dataclass(frozen=True)
class Interruption:
    """Where a job is interrupted: after so many items, at the item in this place (from 1), or after so many seconds."""

    after: int | None = None
    at: int | None = None
    seconds: float | None = None

    def trigger(self, session: Session, stage: Stage, organization_id: int, style: str) -> dict[str, Any] | None:
        """The same for the kernel. Raises ItemMissing."""
        when: dict[str, Any] = {"after_items": self.after, "after_seconds": self.seconds}
        if self.at is not None:
            when["at"] = stage.cursor_at(session, organization_id, style, self.at)
        return {name: value for name, value in when.items() if value is not None} or None


NEVER = Interruption()


def begin(
    stage: Stage, style: str, *, items: int | None = None, owner_id: int | None = None, delay: float = 0.0,
    interruption: Interruption = NEVER,
) -> Job:  # fmt: skip
    """Sets the stage and enqueues the job. Raises UnderWay, ItemMissing, MailWouldLeave, TooManyActiveJobs."""
    keep_mail_here(stage)
    with writing() as session:
        organization_id = stage.set_up(session, style, items)
        trigger = interruption.trigger(session, stage, organization_id, style)
        return stage.start(session, organization_id, owner_id, style=style, delay=delay, interrupt_when=trigger)


def clear_stage(stage: Stage, style: str) -> None:
    """Cancels what is under way on the stage, and waits for it."""
    with writing() as session:
        found = stage.under_way(session, stage.organization(session, style))
    for job in found:
        kernel.cancel(job.id, by="a demonstration")
        followed(job.id)


def followed(job_id: str, tell: Tell = lambda job: None) -> Job:
    """The job once it has ended, or stands still until somebody resumes it; `tell` gets it as it goes."""
    while True:
        job = find(job_id)
        tell(job)
        if job.state in FINISHED or job.state == State.PAUSED:
            return job
        time.sleep(LOOK_EVERY)


def find(job_id: str) -> Job:
    """The job as it is now. Raises JobNotFound."""
    job = kernel.find(job_id)
    if job is None:
        raise JobNotFound(id=job_id)
    return job


def figures(job: Job) -> dict[str, Any]:
    """What came of it. Duplicates and missed are counted in the audit, not told by the job."""
    with reading() as session:
        reckoning = audit.reckon(session, job.id, job.total or 0)
    seconds = (job.completed_at or job.updated_at) - (job.started_at or job.updated_at)
    return {
        "job_id": job.id,
        "status": job.state,
        "processed": job.processed,
        "failed_items": job.failed_items,
        "interruptions": job.interruptions,
        "checkpoints": job.checkpoints,
        "duplicates": reckoning.duplicates,
        "missed": reckoning.missed,
        "seconds": round(seconds, 3),
    }


def is_clean(figures: dict[str, Any]) -> bool:
    """Whether it did everything, and nothing twice."""
    return (figures["status"], figures["duplicates"], figures["missed"]) == (State.COMPLETED, 0, 0)


def keep_mail_here(stage: Stage) -> None:
    """A demonstration sends nothing to a mail server on another machine. Raises MailWouldLeave."""
    server = current_app.config["SMTP_URL"]
    if isinstance(stage, Sending) and server is not None and server.host not in HERE:
        raise MailWouldLeave(host=server.host)
