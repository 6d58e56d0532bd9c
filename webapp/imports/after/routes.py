"""What follows an import: its workbook of errors, and its undoing."""

import secrets
from tempfile import TemporaryFile

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.jobs import Job
from webapp.sheets.writing import MIME_TYPES
from webapp.web.paging import Page
from webapp.web.policy import signed_in
from webapp.web.tracking import track

from .. import pages
from ..errors import AlreadyUndone, NothingToUndo, StillImporting
from ..models import Import
from . import error_workbooks, undoing
from . import jobs as undo_jobs
from . import pages as after_pages

blueprint = Blueprint("after_imports", __name__)


@blueprint.get("/import-templates/<int:template_id>/jobs/<job_id>/errors.xlsx")
@signed_in
def errors(template_id: int, job_id: str) -> Response:
    """The workbook of an import's errors, made as it is at this moment."""
    _, record = pages.import_or_404(template_id, job_id)
    if not error_workbooks.is_there(record):
        abort(404)
    file = TemporaryFile()  # noqa: SIM115 (it is closed when it has been sent)
    error_workbooks.write(db.session, record, file)
    file.seek(0)
    name = error_workbooks.file_name(record)
    return send_file(file, mimetype=MIME_TYPES["xlsx"], as_attachment=True, download_name=name, etag=False)


@blueprint.route("/import-templates/<int:template_id>/jobs/<job_id>/undo", methods=["GET", "POST"])
@signed_in
def undo(template_id: int, job_id: str) -> ResponseReturnValue:
    """What undoing an import would do, to be confirmed; and its start."""
    job, record = pages.import_or_404(template_id, job_id)
    if request.method == "GET":
        return _confirmation(job, record)
    try:
        started = undo_jobs.start(job, current_user.id, request.form.get("submission_key"))
    except (StillImporting, AlreadyUndone, NothingToUndo) as problem:
        return _refusal(job, record, problem), 409
    track(started.id)
    # The page is long, and what was asked for stands at its end.
    place = f"import-undo-{job_id}"
    return redirect(url_for("imports.job", template_id=template_id, job_id=job_id, _anchor=place), 303)


@blueprint.get("/import-templates/<int:template_id>/jobs/<job_id>/kept")
@signed_in
def kept(template_id: int, job_id: str) -> ResponseReturnValue:
    """The rows that undoing an import left as they are, and why."""
    job, record = pages.import_or_404(template_id, job_id)
    page = Page.of(db.session, undoing.kept_rows(record.id), request.args.get("page", "1"))
    context = pages.import_context(job, record) | {"kept": page.items}
    return render_template("imports/kept.html", **context, page=page.number, pages=page.pages, total=page.total)


def _confirmation(job: Job, record: Import) -> ResponseReturnValue:
    try:
        undo_jobs.refuse_unfinished(job, record)
        found = undoing.prospect(db.session, record)
    except (StillImporting, AlreadyUndone, NothingToUndo) as problem:
        return _refusal(job, record, problem), 409
    context = pages.import_context(job, record) | after_pages.undo_context(job, record)
    return render_template(
        "imports/undo.html", **context, prospect=found, problem=None, submission_key=secrets.token_urlsafe(18)
    )


def _refusal(job: Job, record: Import, problem: StillImporting | AlreadyUndone | NothingToUndo) -> str:
    context = pages.import_context(job, record) | after_pages.undo_context(job, record)
    return render_template("imports/undo.html", **context, prospect=None, problem=problem.sentence)
