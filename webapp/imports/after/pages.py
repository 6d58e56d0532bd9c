"""What the page of an import tells besides its result: where it came from, how it went, what followed."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import msgspec
from flask import url_for
from sqlalchemy import func, select

from webapp.accounts.models import User
from webapp.db import db
from webapp.jobs import FINISHED, UNFINISHED, Job
from webapp.web.job_regions import is_visible
from webapp.web.job_views import JobView, view

from ..checks import service as checking
from ..jobs import job_of
from ..models import RUN, Import, ProblemGroup
from ..running.rejections import OTHER_VALUES
from ..templates import keeping
from ..templates.policies import EXISTING, REPEATED
from . import corrections, error_workbooks, undoing
from . import jobs as undo_jobs

SHOWN = 10
"""Groups of problems, corrections and kept rows on the page of an import."""
MODES = {
    "valid-rows": "Valid rows are imported, others are rejected",
    "all-or-nothing": "All rows are imported, or none",
}
PHASES = {"checking": "Checking the workbook", "validating": "Checking all rows", "writing": "Reading and writing rows"}


@dataclass(frozen=True)
class PhaseLine:
    """A phase of an import: what it was, how long it took, how many rows went through it, and how many a second."""

    words: str
    seconds: float | None
    rows: int | None

    @property
    def rate(self) -> float | None:
        """Rows a second, where both are known."""
        return self.rows / self.seconds if self.rows and self.seconds else None


@dataclass(frozen=True)
class Related:
    """An import that corrects another, or is corrected. Its job is known if it is kept, and the reader may see it."""

    record: Import
    job: JobView | None


def context(job: Job, record: Import) -> dict[str, Any]:
    """What the regions of an import's page need besides what every import shows."""
    return {
        "about": about(record),
        "phases": phases_of(record, job),
        "errors": errors_of(job, record),
        "parent": related(db.session.get_one(Import, record.parent_id)) if record.parent_id else None,
        "children": [related(child) for child in corrections.children_of(db.session, record.id)],
        **undo_context(job, record),
    }


def about(record: Import) -> dict[str, Any]:
    """Where an import came from, and how it was to be done."""
    existing, repeated = EXISTING[record.version.existing], REPEATED[record.version.repeated]
    policies = [_within(existing), f"of rows with one key {_within(repeated)}"]
    has_key = any(column.key for column in record.version.columns)
    return {
        "name": record.upload.name,
        "size": record.upload.size,
        "sha256": record.upload.sha256,
        "sheet": record.sheet,
        "header_row": record.header_row,
        "version": record.version.number,
        "person": person(record.created_by),
        "at": record.created_at,
        "replaced": _replaced(record),
        "how": "; ".join([MODES[record.mode], *(policies if has_key else [])]) + ".",
    }


def _replaced(record: Import) -> list[str]:
    """What was decided at the check of an import about single values, in words."""
    taken = [(each.header, each.replacement[1], each.replacement[2]) for each in keeping.decisions_of(record)]
    return [
        f"“{text}” in {header} counts as {'blank' if instead is None else f'“{instead}”'}"
        for header, text, instead in taken
    ]


def phases_of(record: Import, job: Job) -> list[PhaseLine]:
    """The phases of an import; of one whose phases were not kept, the whole as one."""
    stored: list[dict[str, Any]] = msgspec.json.decode(record.phases)
    found = [_phase(phase) for phase in stored if phase.get("ended_at")]
    if found or job.completed_at is None or job.started_at is None:
        return found
    return [PhaseLine("From start to end", job.completed_at - job.started_at, job.processed or None)]


def errors_of(job: Job, record: Import) -> dict[str, Any]:
    """The problems of an import in groups, its workbook of errors, and how many of its rows were repaired."""
    if not record.rejected:
        return {"groups": [], "groups_total": 0, "url": None, "repaired": 0, "open": 0}
    groups = checking.groups_of(record.id, RUN)
    total = db.session.scalar(select(func.count()).select_from(groups.order_by(None).subquery())) or 0
    repaired = corrections.repaired(db.session, record.id)
    is_there = error_workbooks.is_there(record) and job.state in FINISHED
    return {
        "groups": [_group(group) for group in db.session.scalars(groups.limit(SHOWN))],
        "groups_total": total,
        "url": _address("after_imports.errors", job) if is_there else None,
        "is_returnable": corrections.mark_of(record) is not None,
        "repaired": repaired,
        "open": record.rejected - repaired,
    }


def undo_context(job: Job, record: Import) -> dict[str, Any]:
    """Whether an import can be undone, is being undone, or was; and what of it was kept."""
    latest = undo_jobs.latest(db.session, job) if undoing.has_begun(record) else None
    is_moving = latest is not None and latest.state in UNFINISHED
    kept = undoing.kept_rows(record.id).limit(SHOWN) if record.kept else None
    changed = bool(record.inserted or record.updated)
    return {
        "undo": {
            "url": _address("after_imports.undo", job),
            "is_possible": changed and not undoing.has_begun(record) and job.state in FINISHED,
            "is_moving": is_moving,
            "is_stopped": undoing.has_begun(record) and record.undone_at is None and not is_moving,
            "at": record.undone_at,
            "person": person(record.undone_by),
            "job": view(db.session, latest) if latest is not None and is_visible(latest.owner_id) else None,
            "kept": list(db.session.scalars(kept)) if kept is not None else [],
            "kept_url": _address("after_imports.kept", job),
        }
    }


def moving_jobs(job: Job, record: Import) -> list[Job]:
    """The jobs that the page of an import shows."""
    undone = undo_jobs.latest(db.session, job) if undoing.has_begun(record) else None
    return [job] if undone is None else [job, undone]


def related(record: Import) -> Related:
    """Another import, with the job that did it."""
    job = job_of(db.session, record)
    return Related(record, view(db.session, job) if job is not None and is_visible(job.owner_id) else None)


def person(user_id: int | None) -> str | None:
    """What somebody of the reader's organization is called."""
    found = db.session.get(User, user_id) if user_id is not None else None
    return found.name if found is not None else None


def _phase(stored: dict[str, Any]) -> PhaseLine:
    began, ended = (datetime.fromisoformat(stored[name]).astimezone(UTC) for name in ("started_at", "ended_at"))
    return PhaseLine(PHASES.get(stored["name"], stored["name"]), (ended - began).total_seconds(), stored.get("rows"))


def _group(group: ProblemGroup) -> dict[str, Any]:
    return {
        "id": group.id,
        "header": group.header,
        "sentence": _sentence(group),
        "count": group.count,
        "first_row": group.first_row,
    }


def _sentence(group: ProblemGroup) -> str:
    said = error_workbooks.sentence_of(group.header, group.reason)
    return f"Other values, as in: {said}" if group.value == OTHER_VALUES else said


def _address(endpoint: str, job: Job) -> str:
    return url_for(endpoint, template_id=job.subject_id, job_id=job.id)


def _within(sentence: str) -> str:
    """A sentence as it stands within another."""
    return sentence[0].lower() + sentence[1:]
