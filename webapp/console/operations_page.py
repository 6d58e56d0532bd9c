"""What the page of the operators shows, and its live parts. Of other organizations it shows counts and no names."""

from collections.abc import Callable
from typing import Any

from flask import abort, render_template
from flask_login import current_user
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import consumers, figures
from webapp.jobs.models import JobSchedule
from webapp.jobs.queries import in_states
from webapp.jobs.states import IN_HAND
from webapp.web.actors import names_of
from webapp.web.formats import duration
from webapp.web.job_regions import is_visible, views
from webapp.web.live import Live

NOBODY = "Nobody's"
SHOWN = 20
"""The most jobs that are shown one by one."""


def page(_subject: str = "") -> Live:
    """The board, which moves with every job there is: it is looked at anew by each poll. Aborts with 404 for others."""
    if not current_user.is_admin:
        abort(404)
    regions = {f"operations-{name}": _region(f"operations/_{file}.html", part) for name, (file, part) in PARTS.items()}
    return Live("operations", "", (), regions, moves=lambda: True, restless=True)


def schedule_or_404(name: str) -> JobSchedule:
    """The schedule, if it is the installation's or of the reader's organization."""
    schedule = db.session.get(JobSchedule, name)
    return schedule if schedule is not None and is_visible(schedule.owner_id) else abort(404)


def _figures() -> dict[str, Any]:
    return {"figures": figures(db.session)}


def _queues() -> dict[str, Any]:
    queues = kernel.queues.all(db.session)
    names = names_of({queue.paused_by for queue in queues if queue.paused_by})
    return {"queues": [(queue, names.get(queue.paused_by or "")) for queue in queues]}


def _under_way() -> dict[str, Any]:
    jobs = [job for job in in_states(db.session, IN_HAND, SHOWN) if is_visible(job.owner_id)]
    named = select(User.id, User.name).where(User.id.in_({job.owner_id for job in jobs}))
    names = dict(db.session.execute(named).all())
    lines = [(view, job.queue, names.get(job.owner_id, NOBODY)) for view, job in zip(views(jobs), jobs, strict=True)]
    return {"under_way": lines, "others": max(0, figures(db.session).running - len(lines))}


def _schedules() -> dict[str, Any]:
    found = [schedule for schedule in kernel.schedules.all(db.session) if is_visible(schedule.owner_id)]
    return {"schedules": [(schedule, _rule_in_words(schedule)) for schedule in found]}


def _workers() -> dict[str, Any]:
    return {"consumers": consumers(db.session)}


PARTS: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "figures": ("figures", _figures),
    "queues": ("queues", _queues),
    "under-way": ("under_way", _under_way),
    "schedules": ("schedules", _schedules),
    "workers": ("workers", _workers),
}


def _region(template: str, part: Callable[[], dict[str, Any]]) -> Callable[[], str]:
    return lambda: render_template(template, **part())


def _rule_in_words(schedule: JobSchedule) -> str:
    kind, _, value = schedule.rule.partition(" ")
    if kind == "every" and value.isdigit():
        return f"Every {duration(int(value)).removeprefix('about ')}"
    return f"{value}, {schedule.zone}"
