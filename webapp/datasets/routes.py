"""The pages of datasets: all of them, and the rows of one."""

from flask import Blueprint, abort, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.web import live
from webapp.web.paging import Page
from webapp.web.policy import signed_in

from . import service

blueprint = Blueprint("datasets", __name__, url_prefix="/datasets")


@blueprint.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The organization's datasets."""
    found = [
        {
            "name": dataset.name,
            "url": url_for("datasets.show", dataset_id=dataset.id),
            "rows_count": dataset.row_count,
            "columns_count": len(dataset.columns),
            "updated_at": dataset.updated_at,
        }
        for dataset in service.all_of(db.session, current_user.organization_id)
    ]
    return render_template("datasets/index.html", datasets=found)


@blueprint.get("/<int:dataset_id>")
@signed_in
def show(dataset_id: int) -> ResponseReturnValue:
    """The rows of a dataset: a page of them, searched and sorted as asked."""
    dataset = service.find(db.session, current_user.organization_id, dataset_id) or abort(404)
    q, sort = request.args.get("q", "").strip()[:200], request.args.get("sort")
    descending = request.args.get("direction") == "descending"
    query, number = service.rows_query(dataset, q, sort, descending), request.args.get("page", "1")
    page = Page.of(db.session, query, number, total=None if q else dataset.row_count)
    live.show(live.of_page("dataset", str(dataset.id)))
    return render_template(
        "datasets/show.html",
        dataset={"id": dataset.id, "name": dataset.name, "url": url_for("datasets.show", dataset_id=dataset.id)},
        columns=dataset.columns,
        rows=[service.texts_of(row, dataset.columns) for row in page.items],
        sort=sort if sort in {column.field for column in dataset.columns} else None,
        direction="descending" if descending else "ascending",
        q=q,
        page=page.number,
        pages=page.pages,
        total=page.total,
    )
