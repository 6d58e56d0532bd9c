"""The button that tests the installation."""

from flask import Blueprint, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from webapp.db import writing
from webapp.web.policy import signed_in
from webapp.web.tracking import track

from .jobs import say_hello

blueprint = Blueprint("hello", __name__, url_prefix="/jobs/hello")


@blueprint.post("")
@signed_in
def create() -> Response:
    """Starts a test job and shows it."""
    with writing() as session:
        job = say_hello(session, current_user.id, request.form.get("submission_key"))
    track(job.id)
    return redirect(url_for("jobs.show", job_id=job.id), 303)
