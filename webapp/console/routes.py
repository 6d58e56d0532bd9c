"""The pages of jobs, and the one poll."""

import secrets
from collections.abc import Callable

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import ACTIVE, AlreadyFinished, Job, JobError, NotPossible
from webapp.web import live
from webapp.web.job_regions import job_context, job_or_404
from webapp.web.job_views import view
from webapp.web.policy import admins, passive, signed_in
from webapp.web.responses import done, refused
from webapp.web.tracking import track

from . import pages
from .narrowing import STATUSES, Narrowing

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")
polls = Blueprint("live", __name__)


@polls.get("/live")
@signed_in
@passive
def poll() -> ResponseReturnValue:
    """Answers what changed on a page since the revision `v`: 204 for nothing, else the changed regions."""
    page = live.of_page(request.args.get("page", ""), request.args.get("subject", ""))
    live.show(page)
    return page.changed_since(request.args.get("v", "")) or ("", 204)


@jobs.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The jobs that the reader may see."""
    narrowing = Narrowing.of(request.args)
    listed = pages.JobList(narrowing)
    live.show(listed.live())
    return render_template(
        "jobs/index.html",
        narrowing=narrowing,
        listed=listed.page,
        statuses=STATUSES,
        choices=pages.choices(listed.visible),
        submission_key=secrets.token_urlsafe(18),
    )


@jobs.get("/<job_id>")
@signed_in
def show(job_id: str) -> ResponseReturnValue:
    """One job with its history."""
    live.show(pages.job_page(job_id))
    return render_template("jobs/show.html", **job_context(job_or_404(job_id), history_open=True))


@jobs.get("/<job_id>/failed-items")
@signed_in
def failed_items(job_id: str) -> ResponseReturnValue:
    """The items of a job that failed while it went on."""
    live.show(pages.failed_items_page(f"{job_id}.{request.args.get('page', '1')}"))
    return render_template("jobs/failed_items.html", job=view(db.session, job_or_404(job_id)))


@jobs.post("/<job_id>/cancellation")
@signed_in
def cancellation(job_id: str) -> ResponseReturnValue:
    """Asks to cancel a job."""
    return _asked(kernel.cancel, job_id)


@jobs.post("/<job_id>/pause")
@signed_in
def pause(job_id: str) -> ResponseReturnValue:
    """Asks to pause a job."""
    return _asked(kernel.pause, job_id)


@jobs.post("/<job_id>/resumption")
@signed_in
def resumption(job_id: str) -> ResponseReturnValue:
    """Asks to go on with a paused job."""
    return _asked(kernel.resume, job_id)


@jobs.post("/<job_id>/retry")
@signed_in
def retry(job_id: str) -> ResponseReturnValue:
    """Asks to try a failed job again."""
    return _asked(kernel.retry, job_id)


@jobs.post("/<job_id>/interruption")
@admins
def interruption(job_id: str) -> ResponseReturnValue:
    """Has a running job go back on its queue, from where it resumes by itself."""
    return _asked(kernel.interrupt, job_id)


@jobs.post("/<job_id>/discard")
@admins
def discard(job_id: str) -> ResponseReturnValue:
    """Gives a failed job up: nobody is offered to try it again."""
    return _asked(kernel.discard, job_id)


def _asked(verb: Callable[..., Job], job_id: str) -> ResponseReturnValue:
    """Asks it of a job that the reader may see. What came too late is told by the job's state; what else is not
    possible, in a banner.
    """
    job = job_or_404(job_id)
    address = view(db.session, job).url
    try:
        changed = verb(job.id, by=current_user.email)
    except (AlreadyFinished, NotPossible) as error:
        return done(address, error.sentence)
    except JobError as error:
        return refused(address, error.sentence)
    if changed.owner_id == current_user.id and changed.state in ACTIVE:
        track(changed.id)
    return done(address)
