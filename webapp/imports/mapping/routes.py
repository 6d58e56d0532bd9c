"""The page on which the columns of a workbook are matched with those of a known template."""

from datetime import UTC, datetime

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db, writing
from webapp.sheets import WorkbookRefused, WorkbookReport
from webapp.web.live import id_in
from webapp.web.policy import signed_in

from .. import pages, submission, uploads
from ..errors import PartUnknown, UploadGone
from ..models import ImportTemplate, Upload
from ..targets import choices as table_choices
from ..templates import ready_made
from . import header_choice
from . import pages as mapping_pages
from . import service as mapping
from .forms import MappingForm

blueprint = Blueprint("mappings", __name__)


@blueprint.route("/uploads/<upload_id>/mapping", methods=["GET", "POST"])
@signed_in
def show(upload_id: str) -> ResponseReturnValue:
    """What the columns of an uploaded workbook become by the template that the address names, and the start of it."""
    found = uploads.find(db.session, current_user.id, upload_id) or abort(404)
    template = pages.template_or_404(id_in(request.args.get("template", "")))
    try:
        report = _inspect(found, template)
        return _answer(found, template, report)
    except UploadGone as problem:
        return _over(template, problem)
    except WorkbookRefused as refusal:
        return _elsewhere(found, template, refusal)


@blueprint.post("/uploads/<upload_id>/table")
@signed_in
def into_table(upload_id: str) -> ResponseReturnValue:
    """Leads to the columns of a built-in table, or of a part of it, for an uploaded workbook."""
    found = uploads.find(db.session, current_user.id, upload_id) or abort(404)
    built_in, into_id = table_choices.chosen(request.form.get("table", "")) or abort(404)
    try:
        report = header_choice.asked_for(found)
        with writing() as session:
            owner = current_user.organization_id, current_user.id
            template = ready_made.ensure(session, *owner, built_in, into_id, datetime.now(UTC), report)
    except PartUnknown:
        abort(404)
    except (WorkbookRefused, UploadGone) as problem:
        flash(problem.sentence, "error")
        return redirect(url_for("imports.new"), 303)
    place = {"sheet": report.sheet, "row": report.header.row}
    return redirect(url_for("mappings.show", upload_id=found.id, template=template.id, **place), 303)


def _inspect(found: Upload, template: ImportTemplate) -> WorkbookReport:
    """The report on the sheet and the header row that the address names; without them, on those of the template."""
    if header_choice.is_asked_for():
        return header_choice.asked_for(found, template.version.hidden)
    return submission.inspect_for(template, found, submission.inspect(found))


def _answer(found: Upload, template: ImportTemplate, report: WorkbookReport) -> ResponseReturnValue:
    known = mapping.remembered(db.session, template.id, report.header)
    proposal = mapping.propose(template.columns, report.header, mapping.decided_in(known))
    form = MappingForm.of(proposal, template.columns)
    if form.is_submitted() and form.is_about(proposal) and form.check(template.columns):
        asked = {"key": form.submission_key.data, "check_first": pages.checks_first()}
        started = submission.import_as_decided(template, found.id, report, current_user, form.decided(), **asked)
        return pages.to_job(started)
    context = mapping_pages.context(found, template, report, proposal, known)
    return render_template("imports/mapping.html", form=form, **context), 422 if form.is_submitted() else 200


def _over(template: ImportTemplate, problem: UploadGone) -> ResponseReturnValue:
    """The workbook is gone. Of a form that was sent twice, the first one's job is the answer."""
    key = request.form.get("submission_key")
    if key and (started := pages.submitted_job(key)):
        return pages.to_job(started)
    return pages.template_page_with(template, problem.sentence), 422


def _elsewhere(found: Upload, template: ImportTemplate, refusal: WorkbookRefused) -> ResponseReturnValue:
    """The chosen sheet or row holds no header: the sheet that the template means is shown, and why; where that one has
    none either, the template's page says so.
    """
    if not header_choice.is_asked_for():
        return pages.template_page_with(template, refusal.sentence), 422
    try:
        report = submission.inspect_for(template, found, submission.inspect(found))
    except (WorkbookRefused, UploadGone) as problem:
        return pages.template_page_with(template, problem.sentence), 422
    known = mapping.remembered(db.session, template.id, report.header)
    proposal = mapping.propose(template.columns, report.header, mapping.decided_in(known))
    context = mapping_pages.context(found, template, report, proposal, known) | {"problem": refusal.sentence}
    return render_template("imports/mapping.html", form=MappingForm.of(proposal, template.columns), **context), 422
