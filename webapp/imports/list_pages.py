"""Imports as lines of a list: how far each is, what it did, and whether it was undone (B12)."""

from collections.abc import Sequence
from dataclasses import dataclass

from flask import render_template
from sqlalchemy import select

from webapp.db import db
from webapp.jobs import Job
from webapp.web.job_regions import views
from webapp.web.job_views import JobView

from .after import undoing
from .models import Import


@dataclass(frozen=True)
class ImportLine:
    """An import and its job."""

    job: JobView
    record: Import

    @property
    def undone(self) -> str | None:
        """That it was undone, or is to be, in words; None if nobody asked for that."""
        if not undoing.has_begun(self.record):
            return None
        if self.record.undone_at is None:
            return "Being undone"
        return f"Undone, {self.record.kept:,} kept" if self.record.kept else "Undone"


def lines_of(jobs: Sequence[Job]) -> list[ImportLine]:
    """The lines for these jobs, in their order."""
    ids = [job.arguments["import_id"] for job in jobs]
    query = select(Import).where(Import.id.in_(ids)).execution_options(populate_existing=True)
    records = {record.id: record for record in db.session.scalars(query)}
    return [ImportLine(job, records[id_]) for id_, job in zip(ids, views(jobs), strict=True) if id_ in records]


def list_region(jobs: Sequence[Job]) -> str:
    """The region of a list of imports."""
    return render_template("imports/_imports.html", imports=lines_of(jobs))
