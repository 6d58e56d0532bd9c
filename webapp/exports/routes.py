"""The pages of exports: ask for one, watch it, download its file."""

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.datasets.models import Dataset
from webapp.db import writing
from webapp.web import live
from webapp.web.policy import signed_in
from webapp.web.tracking import track

from . import pages, service
from .errors import ExportGone
from .forms import ExportForm
from .jobs import exports_folder, start

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
    dataset = pages.dataset_or_404(dataset_id)
    narrowed = {name: request.args.get(name, "") for name in ("q", "sort", "direction")}
    return _form_page(dataset, ExportForm.of(dataset, narrowed))


@blueprint.post("/datasets/<int:dataset_id>/exports")
@signed_in
def create(dataset_id: int) -> ResponseReturnValue:
    """Starts an export."""
    dataset = pages.dataset_or_404(dataset_id)
    form = ExportForm.of(dataset, {})
    if not form.validate_on_submit():
        return _form_page(dataset, form), 422
    with writing() as session:
        key = form.submission_key.data
        job = start(session, dataset, form.asked(), form.format.data, current_user.id, key)
    track(job.id)
    return redirect(url_for("exports.show", export_id=job.subject_id), 303)


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
        path, mimetype=service.MIME_TYPES[export.format], as_attachment=True, download_name=export.name, etag=False
    )


def _form_page(dataset: Dataset, form: ExportForm) -> str:
    about = {"name": dataset.name, "url": url_for("datasets.show", dataset_id=dataset.id), "id": dataset.id}
    preview = pages.preview(dataset, form.asked())
    return render_template("exports/new.html", dataset=about, form=form, limits=pages.limits(), **preview)
