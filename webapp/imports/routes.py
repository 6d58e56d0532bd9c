"""The pages of imports: choose a workbook, check its columns, watch its rows arrive."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.datasets.service import DatasetError
from webapp.db import db, writing
from webapp.jobs import Job
from webapp.sheets import WorkbookRefused, WorkbookReport, as_text
from webapp.web import live
from webapp.web.paging import Page
from webapp.web.policy import signed_in

from . import pages, service, submission, uploads
from .after import corrections
from .after.submission import correct
from .errors import ImportProblem, NoFileChosen, PartUnknown, TemplateNameTaken, UploadGone
from .forms import ProposalForm, headers_match, samples_of
from .mapping import header_choice
from .mapping import service as mapping
from .models import ImportTemplate, Upload
from .targets import choices as table_choices
from .targets import tables
from .templates import ready_made
from .templates import service as templates
from .templates.column_forms import is_sound

blueprint = Blueprint("imports", __name__)


@blueprint.get("/import-templates")
@signed_in
def index() -> ResponseReturnValue:
    """The organization's import templates."""
    found = templates.all_of(db.session, current_user.organization_id)
    return render_template("imports/index.html", templates=[pages.about_template(template) for template in found])


@blueprint.get("/import-templates/new")
@signed_in
def new() -> ResponseReturnValue:
    """The form that takes a workbook no template knows yet."""
    return _new_page()


@blueprint.post("/import-templates/ready/<name>")
@signed_in
def ready(name: str) -> ResponseReturnValue:
    """Opens the template for a built-in table, or for a part of it; the first time, it is made."""
    built_in = tables.find(name) or abort(404)
    into_id = live.id_in(request.args["into_id"]) if "into_id" in request.args else None
    try:
        with writing() as session:
            owner = current_user.organization_id, current_user.id
            template = ready_made.ensure(session, *owner, built_in, into_id, datetime.now(UTC))
    except PartUnknown:
        abort(404)
    return redirect(url_for("imports.template", template_id=template.id), 303)


@blueprint.get("/import-templates/<int:template_id>")
@signed_in
def template(template_id: int) -> ResponseReturnValue:
    """A template, its latest imports, and the form that takes the next workbook."""
    return pages.template_page_with(pages.template_or_404(template_id))


@blueprint.post("/uploads")
@blueprint.post("/import-templates/<int:template_id>/uploads")
@signed_in
def upload(template_id: int | None = None) -> ResponseReturnValue:
    """Takes a workbook: to be imported at once by a template, or to have its columns checked first."""
    known = pages.template_or_404(template_id) if template_id is not None else None
    try:
        return _take_in(known)
    except WorkbookRefused as refusal:
        return _refused(known, f"{request.files['workbook'].filename}: {refusal.sentence}")
    except ImportProblem as problem:
        return _refused(known, problem.sentence)


@blueprint.route("/uploads/<upload_id>", methods=["GET", "POST"])
@signed_in
def proposal(upload_id: str) -> ResponseReturnValue:
    """What the columns of an uploaded workbook become, and the start of its import."""
    found = uploads.find(db.session, current_user.id, upload_id) or abort(404)
    problem = None
    try:
        report, problem = _inspect(found)
        form = ProposalForm.of(report, submission.name_for(found))
        is_good = form.is_submitted() and headers_match(form, report) and is_sound(form)
        if is_good and (job := _start(found, report, form)):
            return pages.to_job(job)
    except (WorkbookRefused, UploadGone) as refusal:
        return _over(found, refusal)
    return _proposal_page(found, report, form, problem), 422 if form.is_submitted() or problem else 200


@blueprint.get("/import-templates/<int:template_id>/jobs/<job_id>")
@signed_in
def job(template_id: int, job_id: str) -> ResponseReturnValue:
    """An import: how far it is, and what came of it."""
    live.show(pages.import_page(f"{template_id}.{job_id}"))
    return render_template("imports/job.html", **pages.import_context(*pages.import_or_404(template_id, job_id)))


@blueprint.get("/import-templates/<int:template_id>/jobs/<job_id>/rejected")
@signed_in
def rejected(template_id: int, job_id: str) -> ResponseReturnValue:
    """The rejected rows of an import, cell by cell."""
    found, record = pages.import_or_404(template_id, job_id)
    page = Page.of(db.session, service.rejected_cells(record.id), request.args.get("page", "1"))
    context = pages.import_context(found, record) | {"rejected": page.items}
    return render_template("imports/rejected.html", **context, page=page.number, pages=page.pages, total=page.total)


def _refused(known: ImportTemplate | None, problem: str) -> ResponseReturnValue:
    return (pages.template_page_with(known, problem) if known else _new_page(problem)), 422


def _take_in(known: ImportTemplate | None) -> ResponseReturnValue:
    file = request.files.get("workbook")
    if file is None or not file.filename:
        raise NoFileChosen
    key, check_first = request.form.get("submission_key"), pages.checks_first()
    with closing(file), submission.received(file.stream, file.filename, current_user) as (stored, report):
        if parent := corrections.parent_of(db.session, current_user.organization_id, report.properties):
            return pages.to_job(correct(parent, stored, report, current_user, key, check_first=check_first))
        if known is not None and (started := _import_if_clear(known, stored, report)):
            return pages.to_job(started)
        with writing() as session:
            session.add(stored)
    if known is not None:
        return redirect(url_for("mappings.show", upload_id=stored.id, template=known.id), 303)
    return redirect(url_for("imports.proposal", upload_id=stored.id), 303)


def _import_if_clear(known: ImportTemplate, stored: Upload, report: WorkbookReport) -> Job | None:
    """The import of a workbook whose columns speak for themselves or were decided on before; None if not all do."""
    report = submission.inspect_for(known, stored, report)
    decided = mapping.decided_in(mapping.remembered(db.session, known.id, report.header))
    proposal = mapping.propose(known.columns, report.header, decided)
    if not proposal.is_clear:
        return None
    uses = None if proposal.speaks_for_itself else proposal.mapping
    key, check_first = request.form.get("submission_key"), pages.checks_first()
    return submission.import_by(known, stored, report, current_user, key, check_first=check_first, decided=uses)


def _inspect(found: Upload) -> tuple[WorkbookReport, str | None]:
    """The report on the sheet and the row that the address names, or on those that look like a table, and then why the
    others will not do.
    """
    if header_choice.is_asked_for():
        try:
            return header_choice.asked_for(found), None
        except WorkbookRefused as refusal:
            return submission.inspect(found), refusal.sentence
    return submission.inspect(found), None


def _start(found: Upload, report: WorkbookReport, form: ProposalForm) -> Job | None:
    """The job of the import, or None when the form has a problem now."""
    decided: dict[str, Any] = {"name": form.name.data, "dataset": form.dataset.data, "columns": form.choices()}
    try:
        decided |= {"key": form.submission_key.data, "check_first": pages.checks_first()}
        return submission.import_by_new(found.id, report, current_user, **decided)
    except TemplateNameTaken as problem:
        form.name.errors = [problem.sentence]
    except DatasetError as problem:
        form.dataset.errors = [problem.sentence]
    return None


def _over(found: Upload, problem: WorkbookRefused | UploadGone) -> ResponseReturnValue:
    """The workbook cannot be read (any more). Of a form that was sent twice, the first one's job is the answer."""
    key = request.form.get("submission_key")
    if key and (started := pages.submitted_job(key)):
        return pages.to_job(started)
    about = f"{found.name}: " if isinstance(problem, WorkbookRefused) else ""
    return _new_page(about + problem.sentence), 422


def _new_page(problem: str | None = None) -> str:
    return render_template("imports/new.html", limits=pages.limits(), problem=problem)


def _proposal_page(found: Upload, report: WorkbookReport, form: ProposalForm, problem: str | None) -> str:
    about = {
        "id": found.id,
        "name": found.name,
        "size": found.size,
        "sheet": report.sheet,
        "rows": report.rows_counted,
        "hidden_sheets": report.hidden_sheets,
        "findings": report.findings,
    }
    places = [column.position for column in report.proposed]
    preview = [[as_text(cells[place]) if place < len(cells) else "" for place in places] for _, cells in report.preview]
    return render_template(
        "imports/proposal.html", upload=about, form=form, samples=samples_of(report), preview=preview,
        problem=problem, tables=table_choices.choices(db.session, current_user.organization_id, report.header),
        lost_mark=corrections.has_lost_its_mark(report), **header_choice.choice_of(report),
    )  # fmt: skip
