"""The regions that show jobs, for every room that has some: who may see a job, one job, a list of jobs."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template
from flask_login import current_user

from webapp.accounts.service import visible_owner_ids
from webapp.db import db
from webapp.jobs import ACTIVE, Job, failed_items_of, find, history
from webapp.jobs.events import attempts_of

from .job_history import history_lines
from .job_places import attempt_lines
from .job_views import JobView, view

FAILED_ITEMS_SHOWN = 10
"""On the page of a job; all that are kept have a page of their own."""


def visible() -> list[int]:
    """The ids of the people whose jobs the reader may see."""
    return visible_owner_ids(db.session, current_user)


def job_or_404(job_id: str) -> Job:
    """The job, if it is there and the reader may see it; nobody can tell which of the two is not so."""
    job = find(db.session, job_id)
    return job if job is not None and is_visible(job.owner_id) else abort(404)


def is_visible(owner_id: int | None) -> bool:
    """Whether the reader may see a job of this owner. What has none is the installation's, and so the admins'."""
    return current_user.is_admin if owner_id is None else owner_id in visible()


def owners(jobs: Sequence[Job]) -> tuple[int, ...]:
    """Whose marks a page that shows these jobs has to watch."""
    return tuple({job.owner_id: None for job in jobs if job.owner_id is not None})


def job_context(job: Job, history_open: bool = False) -> dict[str, Any]:
    """What the region of one job needs."""
    attempts, total = attempts_of(db.session, job.id)
    return {
        "job": view(db.session, job),
        "attempts": attempt_lines(attempts, total, current_user.is_admin),
        "attempts_total": total,
        "failed_items": list(db.session.scalars(failed_items_of(job.id).limit(FAILED_ITEMS_SHOWN))),
        "events": history_lines(history(db.session, job.id)),
        "history_open": history_open,
    }


def job_region(job: Job, history_open: bool = False) -> str:
    """The region of one job."""
    return render_template("jobs/_job.html", **job_context(job, history_open))


def list_region(jobs: Sequence[Job]) -> str:
    """The region of a list of jobs."""
    return render_template("jobs/_list.html", jobs=views(jobs))


def views(jobs: Sequence[Job]) -> list[JobView]:
    """The views of these jobs."""
    return [view(db.session, job) for job in jobs]


def are_moving(jobs: Sequence[Job]) -> bool:
    """Whether one of these jobs is under way."""
    return any(job.state in ACTIVE for job in jobs)


def are_restless(jobs: Sequence[Job]) -> bool:
    """Whether what is said of one of these jobs may change without it: it waits."""
    return any(job.is_restless for job in views(jobs))
