"""The pages of jobs, and the one poll."""

import secrets

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import AlreadyFinished
from webapp.web import live
from webapp.web.job_regions import job_context, job_or_404, views
from webapp.web.job_views import view
from webapp.web.policy import passive, signed_in
from webapp.web.responses import done

from . import pages

jobs = Blueprint("jobs", __name__, url_prefix="/jobs")
polls = Blueprint("live", __name__)


@polls.get("/live")
@signed_in
@passive
def poll() -> ResponseReturnValue:
    """Answers what changed on a page since the revision `v`: 204 for nothing, else the changed regions."""
    seen = request.args.get("v", "")
    if live.is_unchanged(seen):
        return "", 204
    page = live.of_page(request.args.get("page", ""), request.args.get("subject", ""))
    live.show(page)
    return page.changed_since(seen) or ("", 204)


@jobs.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The jobs that the reader may see."""
    status, number = request.args.get("status", ""), request.args.get("page", "1")
    live.show(pages.list_page(f"{status}.{number}"))
    listed = pages.list_of(status, number)
    filters = [("All", url_for("jobs.index"), not status, None)]
    filters += [
        (word.capitalize(), url_for("jobs.index", status=word), word == status, None) for word in pages.STATUSES
    ]
    return render_template(
        "jobs/index.html",
        jobs=views(listed.items),
        filters=filters,
        status=status,
        page=listed.number,
        pages=listed.pages,
        total=listed.total,
        submission_key=secrets.token_urlsafe(18),
    )


@jobs.get("/<job_id>")
@signed_in
def show(job_id: str) -> ResponseReturnValue:
    """One job with its history."""
    live.show(pages.job_page(job_id))
    return render_template("jobs/show.html", **job_context(job_or_404(job_id), history_open=True))


@jobs.post("/<job_id>/cancellation")
@signed_in
def cancellation(job_id: str) -> ResponseReturnValue:
    """Asks to cancel a job; of one that has ended, says so."""
    job = job_or_404(job_id)
    try:
        kernel.cancel(job.id)
    except AlreadyFinished as error:
        return done(view(db.session, job).url, error.sentence)
    return done(view(db.session, job).url)
