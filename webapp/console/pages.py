"""The live parts of the pages of jobs: one job, and the list."""

from webapp.db import db
from webapp.jobs import STATUS, Job, jobs_of
from webapp.web.job_regions import are_moving, are_restless, job_or_404, job_region, list_region, owners, visible
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
