"""What the pages of exports show: one export with its file, all of them, and those of a dataset."""

from functools import cache
from typing import Any

from flask import abort, render_template, url_for
from flask_login import current_user

from webapp.datasets import service as datasets
from webapp.datasets.models import Dataset
from webapp.db import db
from webapp.jobs import Job, clock, jobs_of
from webapp.sheets.writing.workbook import ROWS
from webapp.web.job_regions import are_moving, are_restless, job_context, owners, views, visible
from webapp.web.live import Live, id_in
from webapp.web.paging import Page

from . import service, sources
from .asking import Asked, columns_of, in_words
from .errors import ExportProblem
from .jobs import KIND
from .models import Export
from .sources import DatasetSource, Source

RECENT = 5
"""Exports on the page of a dataset."""


def dataset_or_404(dataset_id: int) -> Dataset:
    """The dataset, if it is the reader's organization's."""
    return datasets.find(db.session, current_user.organization_id, dataset_id) or abort(404)


def export_or_404(export_id: int) -> Export:
    """The export, if it is the reader's own, or of their organization and they its admin."""
    found = service.find(db.session, current_user.organization_id, export_id)
    return found if found is not None and found.created_by in visible() else abort(404)


def limits() -> dict[str, int]:
    """What files can hold, said before one is asked for."""
    return {"rows": ROWS - 1}


def export_context(export: Export) -> dict[str, Any]:
    """What the page of an export shows."""
    jobs = _jobs_of([export])
    context = job_context(jobs[0]) if jobs else {}
    return {
        "export": about(export),
        "notes": service.notes_of(export),
        "asked": _in_words(export),
        "job": None,
    } | context


def about(export: Export, job: Any = None) -> dict[str, Any]:
    """What the templates know of an export."""
    address = url_for("exports.show", export_id=export.id)
    return {
        "id": export.id,
        "name": export.name,
        "format": service.LABELS[export.format],
        "rows": export.rows,
        "size": export.size,
        "created_at": export.created_at,
        "expires_at": export.expires_at,
        "is_expired": export.finished_at is not None and not is_there(export),
        **about_source(service.source_of(export)),
        "url": address,
        "file_url": url_for("exports.file", export_id=export.id) if is_there(export) else None,
        "job": job,
    }


def about_source(source: Source) -> dict[str, Any]:
    """What the templates know of what is exported: its name, its page, and where an export of it is asked for."""
    if source.dataset_id is not None:
        address = {"dataset_id": source.dataset_id}
        page, form, start = (url_for(each, **address) for each in ("datasets.show", "exports.new", "exports.create"))
    else:
        page = url_for(f"{source.kind}.index")
        form, start = (url_for(f"exports.{each}_of_table", name=source.kind) for each in ("new", "create"))
    return {"source_name": source.name, "source_url": page, "form_url": form, "start_url": start}


def table_or_404(name: str) -> Source:
    """A built-in table of the reader's organization."""
    return sources.table(name, current_user.organization_id) if name in sources.known() else abort(404)


def is_there(export: Export) -> bool:
    """Whether the file can be downloaded now."""
    return bool(export.stored_as and export.expires_at and export.expires_at.timestamp() > clock.now())


def export_page(subject: str) -> Live:
    """The live part of an export's page: its job and its file. `subject` is its id."""
    export = export_or_404(id_in(subject))
    jobs = _jobs_of([export])
    regions = {f"export-{export.id}": lambda: _export_region(export.id)}
    return Live("export", subject, owners(jobs), regions, lambda: are_moving(jobs), are_restless(jobs))


def exports_page(subject: str) -> Live:
    """The live part of the list of exports. `subject` is the number of the page."""
    listed = cache(lambda: _page(subject))
    regions = {
        "exports-list": lambda: render_template("exports/_list.html", page=listed(), exports=_with_jobs(listed().items))
    }
    return Live("exports", subject, tuple(visible()), regions, lambda: are_moving(_jobs_of(listed().items)))


def dataset_page(subject: str) -> Live:
    """The live part of a dataset's page: its latest exports. `subject` is its id."""
    dataset = dataset_or_404(id_in(subject))
    query = service.listed(visible(), DatasetSource(dataset)).limit(RECENT).execution_options(populate_existing=True)
    recent = cache(lambda: list(db.session.scalars(query)))
    regions = {"dataset-exports": lambda: render_template("exports/_of_dataset.html", exports=_with_jobs(recent()))}
    return Live("dataset", subject, tuple(visible()), regions, lambda: are_moving(_jobs_of(recent())))


def preview(source: Source, asked: Asked) -> dict[str, Any]:
    """What an export would hold, in words and in figures."""
    return {"rows": service.count(db.session, source.query(asked)), "asked": in_words(source, asked)}


def _export_region(export_id: int) -> str:
    return render_template("exports/_export.html", **export_context(export_or_404(export_id)))


def _page(number: str) -> Page[Export]:
    return Page.of(db.session, service.listed(visible()).execution_options(populate_existing=True), number)


def _with_jobs(exports: list[Export]) -> list[dict[str, Any]]:
    jobs = {job.subject_id: view for job, view in _viewed(_jobs_of(exports))}
    return [about(export, jobs.get(str(export.id))) for export in exports]


def _viewed(jobs: list[Job]) -> list[tuple[Job, Any]]:
    return list(zip(jobs, views(jobs), strict=True))


def _jobs_of(exports: list[Export]) -> list[Job]:
    """The jobs of these exports, but for those that are no longer kept."""
    ids = [str(export.id) for export in exports]
    return list(db.session.scalars(jobs_of(visible(), kind=KIND).where(Job.subject_id.in_(ids)))) if ids else []


def _in_words(export: Export) -> list[str]:
    """What was asked for; of a dataset that has lost a column, what can still be told."""
    asked, source = Asked.read(export.asked), service.source_of(export)
    try:
        chosen = columns_of(source, asked)
        some = [f"{len(chosen)} of {len(source.columns)} columns"] if asked.fields else []
        return in_words(source, asked) + some
    except ExportProblem as problem:
        return [problem.sentence]
