"""What the pages of imports show: templates, an import with its result, and their live parts."""

import secrets
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db
from webapp.jobs import UNFINISHED, Job, jobs_of, submitted
from webapp.sheets import COLUMN_TYPES, MEGABYTE
from webapp.web import live
from webapp.web.job_regions import are_moving, job_context, job_or_404, job_region, owners, views, visible
from webapp.web.live import Live, id_in
from webapp.web.tracking import track

from . import list_pages, service
from .after import pages as after_pages
from .jobs import CHECK_KIND, KIND, already_imported, import_of, room_of, workbook_limits
from .models import Import, ImportTemplate, TemplateVersion
from .targets import tables
from .templates import ready_made
from .templates import service as templates
from .templates.columns import TemplateColumn
from .templates.rule_words import rules_of

REGIONS = ("result", "errors", "corrections", "undo", "about")
"""Of the page of an import, beside its job; each is a partial of that name."""
SHOWN = 10
"""Rejected cells on the page of an import, and jobs on the page of a template."""


def limits() -> dict[str, int]:
    """What may be uploaded, said before a file is chosen."""
    limits, room = workbook_limits(), room_of(db.session, current_user.id)
    return {
        "megabytes": limits.file_bytes // MEGABYTE, "rows": limits.rows, "columns": limits.columns,
        "quota": room.quota // MEGABYTE, "kept": room.kept // MEGABYTE,
    }  # fmt: skip


def template_or_404(template_id: int) -> ImportTemplate:
    """The template, if it is the reader's organization's."""
    return templates.find(db.session, current_user.organization_id, template_id) or abort(404)


def import_or_404(template_id: int, job_id: str) -> tuple[Job, Import]:
    """The job and its import, if the reader may see them and they belong to this template."""
    job = job_or_404(job_id)
    if (job.kind, job.subject_id) != (KIND, str(template_id)):
        abort(404)
    return job, import_of(db.session, job)


def submitted_job(submission_key: str) -> Job | None:
    """The job that the reader's form with this key has started already."""
    return submitted(db.session, current_user.id, submission_key)


def to_job(started: Job) -> ResponseReturnValue:
    """Leads to the page of an import, or of its check, that was just started."""
    track(started.id)
    if started.kind == CHECK_KIND:
        return redirect(url_for("checks.show", import_id=started.subject_id), 303)
    return redirect(url_for("imports.job", template_id=started.subject_id, job_id=started.id), 303)


def checks_first() -> bool:
    """Whether the button was pressed that only looks."""
    return request.form.get("intent") == "check"


def about_template(template: ImportTemplate) -> dict[str, Any]:
    """What the templates of pages know of an import template."""
    return {
        "id": template.id,
        "name": template.name,
        "number": template.number,
        "is_deleted": template.deleted_at is not None,
        **_place_of(template),
        "columns": about_columns(template.columns),
        "columns_count": len(template.columns),
        "url": url_for("imports.template", template_id=template.id),
        "last_job": next(iter(views(jobs_with(template, limit=1))), None),
    }


def _place_of(template: ImportTemplate) -> dict[str, Any]:
    """What the rows of a template go to, in words, and where that is looked at."""
    if (built_in := tables.find(template.target)) is not None:
        title = ready_made.title_of(db.session, template.organization_id, built_in, template.into_id)
        part = {built_in.parts.argument: template.into_id} if built_in.parts else {}
        return {"is_dataset": False, "dataset_name": title, "dataset_url": url_for(built_in.page, **part)}
    assert template.dataset is not None, "a template without a dataset is one of a built-in table"
    url = url_for("datasets.show", dataset_id=template.dataset_id)
    return {"is_dataset": True, "dataset_name": template.dataset.name, "dataset_url": url}


def about_columns(columns: Sequence[TemplateColumn]) -> list[dict[str, Any]]:
    """Columns with their types and rules in words."""
    return [
        {"column": column, "type": COLUMN_TYPES[column.type].human, "rules": rules_of(column)} for column in columns
    ]


def version_url(version: TemplateVersion) -> str:
    """The page of a version."""
    return url_for("import_templates.version", template_id=version.template_id, number=version.number)


def jobs_with(template: ImportTemplate, limit: int = SHOWN) -> list[Job]:
    """The newest imports by this template that the reader may see."""
    query = jobs_of(visible(), kind=KIND, subject_id=str(template.id))
    return list(db.session.scalars(query.limit(limit)))


def is_busy(template: ImportTemplate) -> bool:
    """Whether an import by this template, whoever's, has not ended."""
    unfinished = jobs_of(kind=KIND, subject_id=str(template.id), states=UNFINISHED)
    return db.session.scalar(unfinished.limit(1)) is not None


def import_context(job: Job, record: Import) -> dict[str, Any]:
    """What the page of an import shows."""
    rejected = list(db.session.scalars(service.rejected_cells(record.id).limit(SHOWN)))
    same = already_imported(db.session, record.template_id, record.upload, before=record.id)
    return (
        job_context(job)
        | after_pages.context(job, record)
        | {
            "same_before": same and url_for("imports.job", template_id=record.template_id, job_id=same.id),
            "template": about_template(record.template),
            "version": {"url": version_url(record.version)},
            "upload": record.upload,
            "counts": record,
            "rejected": rejected,
            "rejected_url": url_for("imports.rejected", template_id=record.template_id, job_id=job.id),
        }
    )


def import_page(subject: str) -> Live:
    """The live part of an import's page: the job and its result. `subject` is `<template id>.<job id>`."""
    template_id, _, job_id = subject.partition(".")
    job, record = import_or_404(id_in(template_id), job_id)
    context = cache(lambda: import_context(*import_or_404(record.template_id, job.id)))
    regions = {
        f"job-{job.id}": lambda: job_region(job_or_404(job.id)),
        **{f"import-{name}-{job.id}": partial(_region, name, context) for name in REGIONS},
    }
    moving = after_pages.moving_jobs(job, record)
    return Live("import", subject, owners(moving), regions, lambda: are_moving(moving))


def _region(name: str, context: Callable[[], dict[str, Any]]) -> str:
    return render_template(f"imports/_{name}.html", **context())


def template_page_with(template: ImportTemplate, problem: str | None = None) -> str:
    """The page of a template; with a problem, if a workbook was refused there."""
    live.show(template_page(str(template.id)))
    return render_template(
        "imports/template.html",
        template=about_template(template),
        limits=limits(),
        problem=problem,
        imports=list_pages.lines_of(jobs_with(template)),
        submission_key=secrets.token_urlsafe(18),
    )


def template_page(subject: str) -> Live:
    """The live part of a template's page: its latest imports. `subject` is its id."""
    template = template_or_404(id_in(subject))
    listed = cache(lambda: jobs_with(template))
    regions = {"imports-list": lambda: list_pages.list_region(listed())}
    return Live("template", subject, tuple(visible()), regions, lambda: are_moving(listed()))
