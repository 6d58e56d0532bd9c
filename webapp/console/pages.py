"""The live parts of the pages of jobs: one job, and the list."""

from functools import cached_property

from flask import render_template
from flask_login import current_user
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import STATUS, Job, Search, State, failed_items_of, jobs_of
from webapp.jobs.registry import handlers
from webapp.web.job_regions import are_moving, are_restless, job_or_404, job_region, list_region, owners, visible
from webapp.web.job_views import view
from webapp.web.live import Live
from webapp.web.paging import Page

from .narrowing import Narrowing

Choices = dict[str, list[tuple[str, str]]]

LISTED = 1_000
"""No page tells or reaches more jobs: to count a million of them takes longer than to read the page."""


def job_page(job_id: str) -> Live:
    """One job with its history. Aborts with 404 unless the reader may see it."""
    job = job_or_404(job_id)
    regions = {f"job-{job_id}": lambda: job_region(job_or_404(job_id), history_open=True)}
    return Live("job", job_id, owners([job]), regions, lambda: are_moving([job]), are_restless([job]))


def failed_items_page(subject: str) -> Live:
    """The failed items of a job: `subject` is its id and the page's number, as `0123456789abcdef.2`."""
    job_id, _, number = subject.partition(".")
    job = job_or_404(job_id)
    regions = {f"failed-items-{job_id}": lambda: _failed_items(job_or_404(job_id), number)}
    return Live("failed-items", subject, owners([job]), regions, lambda: are_moving([job]))


def list_page(subject: str) -> Live:
    """The list of jobs, for the poll: `subject` says what narrows it."""
    return JobList(Narrowing.read(subject)).live()


class JobList:
    """A page of the jobs that the reader may see, newest first, read once, when it is first asked for.

    Of very many jobs, the newest `LISTED` are reached.
    """

    def __init__(self, narrowing: Narrowing):
        self.narrowing = narrowing
        self.visible = visible()

    def live(self) -> Live:
        """Its live part. What is read after this is no older than its marks."""
        regions = {"jobs-list": lambda: list_region(self.page.items)}
        return Live("jobs", self.narrowing.subject, tuple(self.visible), regions, lambda: are_moving(self.page.items))

    @cached_property
    def page(self) -> Page[Job]:
        """The jobs."""
        states, number = self._states, self.narrowing.page
        if not self.narrowing.is_search:
            query, many = (jobs_of(self._owners, states=states, many=many) for many in (False, True))
            return Page.of(db.session, query, number, at_most=LISTED, many=many)
        wanted = self.narrowing
        search = Search(wanted.q, self._owners, wanted.handler or None, wanted.queue or None)
        found = search.run(db.session, LISTED, states)
        query = jobs_of(self._owners, many=True)
        return Page.of_keys(db.session, query, Job.id, found.ids, number, is_cut=found.is_cut)

    @property
    def _states(self) -> list[State] | None:
        """Those that people know by the status that is asked for; every other word narrows nothing."""
        return [state for state, word in STATUS.items() if word == self.narrowing.status] or None

    @property
    def _owners(self) -> list[int]:
        asked = self.narrowing.owner_id
        return self.visible if asked is None else [owner for owner in self.visible if owner == asked]


def choices(people: list[int]) -> Choices:
    """What an admin may narrow the list to, as (value, words): one of these people, a queue, a handler."""
    if not current_user.is_admin:
        return {}
    named = select(User.id, User.name).where(User.id.in_(people)).order_by(User.name)
    return {
        "owner": [(str(user_id), name) for user_id, name in db.session.execute(named)],
        "queue": [(queue, queue) for pool in kernel.settings.pools for queue in pool.queues],
        "handler": [(handler.name, handler.name) for handler in handlers()],
    }


def _failed_items(job: Job, number: str) -> str:
    page = Page.of(db.session, failed_items_of(job.id), number)
    about = {"failed_items": page.items, "page": page.number, "pages": page.pages, "kept": page.total}
    return render_template("jobs/_failed_items_page.html", job=view(db.session, job), **about)
