"""The regions that show jobs, for every room that has some: who may see a job, one job, a list of jobs."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template
from flask_login import current_user

from webapp.accounts.service import visible_owner_ids
from webapp.db import db
from webapp.jobs import Job, find, history

from .job_views import JobView, view, words_for


def visible() -> list[int]:
    """The ids of the people whose jobs the reader may see."""
    return visible_owner_ids(db.session, current_user)


def job_or_404(job_id: str) -> Job:
    """The job, if it is there and the reader may see it; nobody can tell which of the two is not so."""
    job = find(db.session, job_id)
    return job if job is not None and job.owner_id in visible() else abort(404)


def owners(jobs: Sequence[Job]) -> tuple[int, ...]:
    """Whose marks a page that shows these jobs has to watch."""
    return tuple({job.owner_id: None for job in jobs if job.owner_id is not None})


def job_context(job: Job, history_open: bool = False) -> dict[str, Any]:
    """What the region of one job needs."""
    events = [words_for(event) for event in history(db.session, job.id)][::-1]
    return {"job": view(db.session, job), "events": events, "history_open": history_open}


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
    return any(job.is_active for job in views(jobs))
