"""The pages of checks: what a workbook would do, what to do about its odd values, and the import that follows."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.datasets.service import DatasetError
from webapp.db import db, writing
from webapp.jobs import Job
from webapp.web import live
from webapp.web.policy import signed_in
from webapp.web.tracking import track

from .. import uploads
from ..errors import ImportProblem, UploadGone
from ..jobs import plan_of, uploads_folder
from ..models import Import
from ..pages import template_or_404
from ..running.plans import MODES
from ..templates import keeping
from . import pages
from .jobs import check_again, import_checked, import_of_check

blueprint = Blueprint("checks", __name__)


@blueprint.get("/imports/<int:import_id>/check")
@signed_in
def show(import_id: int) -> ResponseReturnValue:
    """What an import would do, or how far the look at it is."""
    return _page(import_id)


@blueprint.post("/imports/<int:import_id>/check")
@signed_in
def again(import_id: int) -> ResponseReturnValue:
    """Checks again, with what was decided about values."""
    record = pages.import_or_404(import_id)
    try:
        decided = pages.decisions(record, request.form)
        _see_to_file(record)
        with writing() as session:
            job = check_again(session, session.get_one(Import, record.id), decided, request.form.get("submission_key"))
    except ImportProblem as problem:
        typed = {"typed": pages.typed(request.form), "lacking": problem.facts.get("group")}
        return _page(import_id, problem.sentence, **typed), problem.status
    track(job.id)
    return redirect(url_for("checks.show", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/decisions")
@signed_in
def keep(import_id: int) -> ResponseReturnValue:
    """Keeps what was decided about values in the template, so that the next workbook needs no decision."""
    record = pages.import_or_404(import_id)
    template = template_or_404(record.template_id)
    wanted, at = pages.chosen_decisions(request.form), datetime.now(UTC)
    try:
        with writing() as session:
            edited = keeping.keep(session, session.get_one(Import, record.id), wanted, kept_by=current_user.id, at=at)
    except (ImportProblem, DatasetError) as problem:
        return _page(import_id, problem.sentence), 422
    flash(f"Version {edited.number} of {template.name} is saved: the next workbook needs no such decision.")
    return redirect(url_for("checks.show", import_id=import_id), 303)


@blueprint.post("/imports/<int:import_id>/confirmation")
@signed_in
def confirm(import_id: int) -> ResponseReturnValue:
    """Imports the workbook as it was checked."""
    record = pages.import_or_404(import_id)
    mode = request.form.get("mode", MODES[0])
    if mode not in MODES:
        abort(400)
    try:
        job = _started(record, mode)
    except ImportProblem as problem:
        return _page(import_id, problem.sentence), problem.status
    track(job.id)
    return redirect(url_for("imports.job", template_id=record.template_id, job_id=job.id), 303)


def _started(record: Import, mode: str) -> Job:
    if (known := import_of_check(db.session, record)) is not None:
        return known
    plan_of(record)
    with writing() as session:
        return import_checked(session, session.get_one(Import, record.id), mode)


def _see_to_file(record: Import) -> None:
    if uploads.path_of(uploads_folder(), record.upload) is None:
        raise UploadGone(name=record.upload.name)


def _page(import_id: int, problem: str | None = None, **typed: Any) -> str:
    live.show(pages.check_page(str(import_id)))
    db.session.expire_all()
    context = pages.check_context(pages.import_or_404(import_id)) | typed
    return render_template("imports/check.html", **context, problem=problem)
