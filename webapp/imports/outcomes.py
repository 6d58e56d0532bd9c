"""What came of an import or of a check, for the commands: one object of counts, groups of problems and files."""

from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from webapp.db import reading
from webapp.jobs import Job, picture

from .after import error_workbooks
from .checks import service as checking
from .jobs import CHECK_KIND, import_of
from .models import CHECK, RUN, Import

GROUPS_SHOWN = 100
COUNTS = {"inserted": "new", "updated": "changed"}
"""By the names of what an import did, those of what it would do, where they differ."""
NAMES = ("inserted", "updated", "unchanged", "skipped", "rejected", "repeated")
OF_A_GROUP = ("field", "header", "code", "value", "reason", "count", "first_row")


def outcome_of(job: Job, errors_to: Path | None = None) -> dict[str, Any]:
    """What came of the job of an import or of a check, in the words of `--json`; the rejected rows are written to the
    workbook `errors_to`, if there are any.
    """
    with reading() as session:
        record = import_of(session, job)
        counts = _checked(session, record) if job.kind == CHECK_KIND else _imported(session, record, errors_to)
    is_over = job.completed_at is not None and job.started_at is not None
    return {
        "job_id": job.id,
        "status": picture(job)["status"],
        "processed": job.processed,
        **counts,
        "seconds": round((job.completed_at or 0) - (job.started_at or 0), 3) if is_over else None,
        "error_message": job.error_message if picture(job)["status"] == "failed" else None,
        "outcome": job.outcome,
    }


def _imported(session: Session, record: Import, errors_to: Path | None) -> dict[str, Any]:
    has_errors = errors_to is not None and error_workbooks.is_there(record)
    if errors_to is not None and has_errors:
        error_workbooks.write_to(session, record, errors_to)
    counts: dict[str, Any] = {name: getattr(record, name) for name in NAMES}
    counts["error_workbook"] = str(errors_to) if has_errors else None
    return counts | {"groups": _groups(session, record, RUN)}


def _checked(session: Session, record: Import) -> dict[str, Any]:
    """The same names, for what an import would do."""
    found = checking.find(session, record.id)
    counts: dict[str, Any] = {name: getattr(found, COUNTS.get(name, name)) if found else 0 for name in NAMES}
    return {"dry_run": True, **counts, "groups": _groups(session, record, CHECK)}


def _groups(session: Session, record: Import, phase: str) -> list[dict[str, Any]]:
    found = session.scalars(checking.groups_of(record.id, phase).limit(GROUPS_SHOWN))
    return [{name: getattr(group, name) for name in OF_A_GROUP} for group in found]
