"""The page of the operators: queues, workers, schedules, and what is under way; for admins only."""

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.extensions import kernel
from webapp.jobs import JobError
from webapp.web import live
from webapp.web.job_views import view
from webapp.web.policy import admins
from webapp.web.responses import done, refused

from . import operations_page
from .operations_page import schedule_or_404

operations = Blueprint("operations", __name__, url_prefix="/operations")


@operations.get("")
@admins
def index() -> ResponseReturnValue:
    """The board."""
    live.show(operations_page.page())
    return render_template("operations/index.html")


@operations.post("/queues/<name>/pause")
@admins
def queue_pause(name: str) -> ResponseReturnValue:
    """Lets nothing more of this queue start, for a reason that everybody reads whose job waits."""
    reason = " ".join(request.form.get("reason", "").split())[:300]
    kernel.queues.pause(name, by=current_user.email, reason=reason or None)
    return _back(f"The queue {name} is paused. What runs goes on to its end.")


@operations.post("/queues/<name>/resumption")
@admins
def queue_resumption(name: str) -> ResponseReturnValue:
    """Serves the queue again."""
    kernel.queues.resume(name)
    return _back(f"The queue {name} is served again.")


@operations.post("/schedules/<name>/activation")
@admins
def schedule_activation(name: str) -> ResponseReturnValue:
    """Switches the schedule on, from its next time on."""
    kernel.schedules.enable(schedule_or_404(name).name)
    return _back(f"The schedule {name} is on.")


@operations.post("/schedules/<name>/deactivation")
@admins
def schedule_deactivation(name: str) -> ResponseReturnValue:
    """Switches the schedule off."""
    kernel.schedules.disable(schedule_or_404(name).name)
    return _back(f"The schedule {name} is off.")


@operations.post("/schedules/<name>/run")
@admins
def schedule_run(name: str) -> ResponseReturnValue:
    """Enqueues the job of the schedule now, besides its times, and shows it."""
    try:
        job = kernel.schedules.run_now(schedule_or_404(name).name)
    except JobError as error:
        return refused(url_for("operations.index"), error.sentence)
    return redirect(view(db.session, job).url, 303)


def _back(said: str) -> ResponseReturnValue:
    return done(url_for("operations.index"), said)
