"""The pages of exports: ask for one, watch it, download its file."""

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import writing
from webapp.sheets.writing import MIME_TYPES
from webapp.web import live
from webapp.web.policy import signed_in
from webapp.web.tracking import track

from . import pages
from .errors import ExportGone
from .forms import ExportForm
from .jobs import exports_folder, start
from .sources import DatasetSource, Source

blueprint = Blueprint("exports", __name__)


@blueprint.get("/exports")
@signed_in
def index() -> ResponseReturnValue:
    """The reader's exports; for admins, those of their organization."""
    live.show(pages.exports_page(request.args.get("page", "1")))
    return render_template("exports/index.html")


@blueprint.get("/datasets/<int:dataset_id>/exports/new")
@signed_in
def new(dataset_id: int) -> ResponseReturnValue:
    """The form that asks for an export of what the dataset's page shows."""
    return _new(DatasetSource(pages.dataset_or_404(dataset_id)))


@blueprint.get("/exports/tables/<name>/new")
@signed_in
def new_of_table(name: str) -> ResponseReturnValue:
    """The form that asks for an export of what the page of a built-in table shows."""
    return _new(pages.table_or_404(name))


@blueprint.post("/datasets/<int:dataset_id>/exports")
@signed_in
def create(dataset_id: int) -> ResponseReturnValue:
    """Starts an export of a dataset."""
    return _create(DatasetSource(pages.dataset_or_404(dataset_id)))


@blueprint.post("/exports/tables/<name>")
@signed_in
def create_of_table(name: str) -> ResponseReturnValue:
    """Starts an export of a built-in table."""
    return _create(pages.table_or_404(name))


@blueprint.get("/exports/<int:export_id>")
@signed_in
def show(export_id: int) -> ResponseReturnValue:
    """An export: how far it is, and its file once that is whole."""
    export = pages.export_or_404(export_id)
    live.show(pages.export_page(str(export_id)))
    return render_template("exports/show.html", export=pages.about(export))


@blueprint.get("/exports/<int:export_id>/file")
@signed_in
def file(export_id: int) -> Response:
    """The file of an export. Raises ExportGone once it has expired, or before it is whole."""
    export = pages.export_or_404(export_id)
    path = exports_folder() / (export.stored_as or "none")
    if not pages.is_there(export) or not path.is_file():
        raise ExportGone
    return send_file(
        path, mimetype=MIME_TYPES[export.format], as_attachment=True, download_name=export.name, etag=False
    )


def _new(source: Source) -> str:
    narrowed = {name: request.args.get(name, "") for name in ("q", "sort", "direction", "status")}
    return _form_page(source, ExportForm.of(source, narrowed))


def _create(source: Source) -> ResponseReturnValue:
    form = ExportForm.of(source, {})
    if not form.validate_on_submit():
        return _form_page(source, form), 422
    with writing() as session:
        key = form.submission_key.data
        job = start(session, source, form.asked(), form.format.data, current_user.id, key)
    track(job.id)
    return redirect(url_for("exports.show", export_id=job.subject_id), 303)


def _form_page(source: Source, form: ExportForm) -> str:
    about = pages.about_source(source)
    return render_template(
        "exports/new.html", source=about, form=form, limits=pages.limits(), **pages.preview(source, form.asked())
    )
