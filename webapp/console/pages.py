"""The live parts of the pages of jobs: one job, and the list."""

from flask import render_template

from webapp.db import db
from webapp.jobs import STATUS, Job, failed_items_of, jobs_of
from webapp.web.job_regions import are_moving, are_restless, job_or_404, job_region, list_region, owners, visible
from webapp.web.job_views import view
from webapp.web.live import Live
from webapp.web.paging import Page

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
LISTED = 2_000
"""No page tells or reaches more jobs: to count a million of them takes longer than to read the page."""


def job_page(job_id: str) -> Live:
    """One job with its history. Aborts with 404 unless the reader may see it."""
    job = job_or_404(job_id)
    regions = {f"job-{job_id}": lambda: job_region(job_or_404(job_id), history_open=True)}
    return Live("job", job_id, owners([job]), regions, are_moving([job]), are_restless([job]))


def failed_items_page(subject: str) -> Live:
    """The failed items of a job: `subject` is its id and the page's number, as `0123456789abcdef.2`."""
    job_id, _, number = subject.partition(".")
    job = job_or_404(job_id)
    regions = {f"failed-items-{job_id}": lambda: _failed_items(job_or_404(job_id), number)}
    return Live("failed-items", subject, owners([job]), regions, are_moving([job]))


def list_page(subject: str) -> Live:
    """The list of jobs: `subject` is the status that narrows it and the page's number, as `failed.2`."""
    status, _, number = subject.partition(".")
    regions = {"jobs-list": lambda: list_region(list_of(status, number).items)}
    return Live("jobs", subject, tuple(visible()), regions, are_moving(list_of(status, number).items))


def list_of(status: str, number: str) -> Page[Job]:
    """A page of the jobs that the reader may see, newest first, narrowed to a status that people know.

    Every other word narrows nothing. Of very many jobs, the newest `LISTED` are reached.
    """
    states = [state for state, word in STATUS.items() if word == status] or None
    query, many = (jobs_of(visible(), states=states, many=many) for many in (False, True))
    return Page.of(db.session, query, number, at_most=LISTED, many=many)


def _failed_items(job: Job, number: str) -> str:
    page = Page.of(db.session, failed_items_of(job.id), number)
    about = {"failed_items": page.items, "page": page.number, "pages": page.pages, "kept": page.total}
    return render_template("jobs/_failed_items_page.html", job=view(db.session, job), **about)
