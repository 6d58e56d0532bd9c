"""The pages that define a template: its editor, its versions, its blank workbook, its end."""

from collections.abc import Callable
from datetime import UTC, datetime
from io import BytesIO

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.datasets.service import DatasetError, FieldTypeDiffers
from webapp.db import db, writing
from webapp.sheets.writing import MIME_TYPES
from webapp.web.policy import signed_in

from .. import pages
from ..errors import FieldNotInTable, ImportProblem, TemplateBusy, TemplateChanged, TemplateNameTaken
from ..models import ImportTemplate
from . import editing, removal
from . import pages as template_pages
from . import service as templates
from .blank import blank_workbook
from .column_forms import is_sound, show
from .columns import TemplateColumn
from .drafts import Draft, Trouble
from .forms import TemplateForm

blueprint = Blueprint("import_templates", __name__)


@blueprint.route("/import-templates/new-by-hand", methods=["GET", "POST"])
@signed_in
def new() -> ResponseReturnValue:
    """The editor for a template that no workbook was there for."""
    form = TemplateForm.of(Draft("", [TemplateColumn("", "")]))
    return _answer(None, form, lambda draft: _create(form, draft))


@blueprint.route("/import-templates/<int:template_id>/edit", methods=["GET", "POST"])
@signed_in
def edit(template_id: int) -> ResponseReturnValue:
    """The editor of a template; what it saves is its next version."""
    template = pages.template_or_404(template_id)
    form = TemplateForm.of(editing.draft_of(template), template.number)
    return _answer(template, form, lambda draft: _edit(template, form, draft))


@blueprint.get("/import-templates/<int:template_id>/versions")
@signed_in
def versions(template_id: int) -> ResponseReturnValue:
    """All versions of a template, with what each changed."""
    context = template_pages.versions_context(pages.template_or_404(template_id))
    return render_template("imports/versions.html", **context)


@blueprint.get("/import-templates/<int:template_id>/versions/<int:number>")
@signed_in
def version(template_id: int, number: int) -> ResponseReturnValue:
    """One version of a template."""
    template = pages.template_or_404(template_id)
    found = template_pages.version_or_404(template, number)
    return render_template("imports/version.html", **template_pages.version_context(template, found))


@blueprint.get("/import-templates/<int:template_id>/blank.xlsx")
@signed_in
def blank(template_id: int) -> Response:
    """A blank workbook to fill in for this template."""
    template = pages.template_or_404(template_id)
    content = blank_workbook(template.name, template.version.sheet, template.columns)
    name = f"{template.name}.xlsx"
    return send_file(BytesIO(content), mimetype=MIME_TYPES["xlsx"], as_attachment=True, download_name=name)


@blueprint.route("/import-templates/<int:template_id>/deletion", methods=["GET", "POST"])
@signed_in
def deletion(template_id: int) -> ResponseReturnValue:
    """Asks whether to delete a template, and says what goes and what stays."""
    template = pages.template_or_404(template_id)
    if request.method == "GET":
        return _deletion_page(template)
    if pages.is_busy(template):
        return _deletion_page(template, TemplateBusy().sentence), 422
    with writing() as session:
        removal.remove(session, session.get_one(ImportTemplate, template.id), datetime.now(UTC))
    flash(f"The template {template.name} is deleted. The rows that it imported are where they were.")
    return redirect(url_for("imports.index"), 303)


def _deletion_page(template: ImportTemplate, problem: str | None = None) -> str:
    belongings = removal.belongings_of(db.session, template)
    about = pages.about_template(template)
    return render_template("imports/deletion.html", template=about, belongings=belongings, problem=problem)


def _answer(
    template: ImportTemplate | None, form: TemplateForm, save: Callable[[Draft], str | None]
) -> ResponseReturnValue:
    """The editor's page, or where it leads once the draft is saved. `save` answers that address, or None."""
    if not form.is_submitted():
        return _editor_page(template, form)
    if change := request.form.get("change"):
        changed, focus = form.changed(change)
        return _editor_page(template, changed, focus)
    if is_sound(form) and (address := save(form.draft())):
        return redirect(address, 303)
    return _editor_page(template, form), 422


def _editor_page(template: ImportTemplate | None, form: TemplateForm, focus: str | None = None) -> str:
    page = "imports/_editor_columns.html" if request.headers.get("HX-Request") and focus else "imports/editor.html"
    about = pages.about_template(template) if template is not None else None
    return render_template(page, form=form, template=about, focus=focus, address=request.path)


def _create(form: TemplateForm, draft: Draft) -> str | None:
    dataset = " ".join((form.dataset.data or "").split()) or draft.name
    try:
        with writing() as session:
            made = templates.create_from(
                session, draft, organization_id=current_user.organization_id, created_by=current_user.id,
                dataset=dataset, at=datetime.now(UTC),
            )  # fmt: skip
    except TemplateNameTaken as problem:
        form.name.errors = [problem.sentence]
    except DatasetError as problem:
        form.dataset.errors = [problem.sentence]
    else:
        flash(f"The template {draft.name} is ready. Upload a workbook, or fill the blank one.")
        return url_for("imports.template", template_id=made.id)
    return None


def _edit(template: ImportTemplate, form: TemplateForm, draft: Draft) -> str | None:
    started_from = int(form.number.data) if (form.number.data or "").isdecimal() else 0
    try:
        with writing() as session:
            edited = editing.edit(
                session, template.id, draft, started_from=started_from, edited_by=current_user.id, at=datetime.now(UTC)
            )
    except (ImportProblem, DatasetError) as problem:
        _show(form, problem)
        return None
    flash(_sentence(template, edited))
    return url_for("imports.template", template_id=template.id)


def _show(form: TemplateForm, problem: ImportProblem | DatasetError) -> None:
    """Puts what a service refused where it belongs."""
    if isinstance(problem, TemplateChanged):
        form.form_errors.append(problem.sentence)
        form.number.data = str(problem.facts["number"])
    elif isinstance(problem, TemplateNameTaken):
        show(form, [Trouble(problem.sentence, "name")])
    elif isinstance(problem, FieldTypeDiffers | FieldNotInTable):
        about = "type" if isinstance(problem, FieldTypeDiffers) else "field"
        show(form, [Trouble(problem.sentence, about, form.place_of(problem.facts["field"]))])
    else:
        show(form, [Trouble(problem.sentence, "columns")])


def _sentence(template: ImportTemplate, edited: editing.Edited) -> str:
    if not edited.is_new:
        return "Saved. Nothing of what it asks for was changed, so there is no new version."
    said = f"Version {edited.number} is saved; imports use it from now on."
    if not edited.new_fields or template.dataset is None:
        return said
    fields = ", ".join(edited.new_fields)
    return f"{said} The dataset {template.dataset.name} has {fields} now; rows that are there already have it blank."
