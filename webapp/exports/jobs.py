"""The export as a job: the shell around the service, how one is started, and how files that nobody needs go away."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy.orm import Session

from webapp.db import reading, watched, writing
from webapp.extensions import kernel
from webapp.jobs import UNFINISHED, Attempt, Job, Retry, exponentially, job, jobs_of, submitted

from . import files, service
from .asking import Asked
from .errors import ColumnUnknown, ConditionImpossible, ConditionUnclear
from .models import Export
from .sources import Source

KIND = "export"
REPORT_EVERY = 0.3
"""Seconds between two safe points: a job that is cancelled stops well within two."""


@job(
    "exports.run",
    retry=[Retry(Exception, wait=exponentially, attempts=3)],
    discard=[ColumnUnknown, ConditionUnclear, ConditionImpossible],
)
def run_export(job: Attempt, *, export_id: int) -> dict[str, Any]:
    """Writes the file, from its first row in every attempt: only so are all its rows of one moment."""
    if job.cursor is None:
        _write(job, export_id)
    with reading() as session:
        found = session.get_one(Export, export_id)
        return {"outcome": service.outcome_of(found), "export_id": export_id}


@job("exports.tidy", unit="files")
def tidy(job: Attempt) -> dict[str, Any]:
    """Removes the files that have expired, and those that a killed worker left behind."""
    folder = exports_folder()
    with writing() as session:
        service.expire(session, datetime.now(UTC))
    with reading() as session:
        under_way = [int(each.subject_id) for each in session.scalars(jobs_of(kind=KIND).where(_is_unfinished()))]
        known = service.stored(session)
    removed = files.remove_unknown(folder, known, under_way)
    return {"outcome": f"{removed:,} {'file' if removed == 1 else 'files'} removed."}


def start(
    session: Session, source: Source, asked: Asked, format_: str, owner_id: int, submission_key: str | None = None
) -> Job:
    """Records an export and enqueues its job, once for each `submission_key`.

    Raises what `service.check` does, and TooManyActiveJobs; nothing is stored then.
    """
    if submission_key and (known := submitted(session, owner_id, submission_key)):
        return known
    record = service.record(session, source, asked, format_, owner_id, datetime.now(UTC))
    return kernel.enqueue(
        session,
        run_export,
        owner=owner_id,
        subject=(KIND, record.id),
        title=f"Export {record.name}",
        submission_key=submission_key,
        export_id=record.id,
    )


def exports_folder() -> Path:
    """Where the current application keeps exports."""
    folder: Path = current_app.config["INSTANCE_DIR"] / "exports"
    return folder


def _is_unfinished() -> Any:
    return Job.state.in_(UNFINISHED)


def _write(job: Attempt, export_id: int) -> None:
    folder, kept = exports_folder(), timedelta(hours=current_app.config["KEEP_EXPORTS_HOURS"])
    job.report("Reading the rows", processed=0)
    files.remove_earlier(folder, export_id, job.token)
    with files.drafted(folder, export_id, job.token) as draft:
        result = _fill(job, export_id, draft)
    try:
        size = (folder / draft.stored_as).stat().st_size
        done = result.processed_count
        with job.batch({"file": draft.stored_as}, processed=done, total=done) as session:
            service.finish(session, export_id, result, draft.stored_as, size, datetime.now(UTC), kept)
    except Exception:
        if not _is_published(export_id, draft.stored_as):
            files.remove(folder, draft.stored_as)
        raise


def _is_published(export_id: int, stored_as: str) -> bool:
    """Whether the file is there for people: the error may have come behind the commit."""
    with reading() as session:
        return session.get_one(Export, export_id).stored_as == stored_as


def _fill(job: Attempt, export_id: int, draft: files.Draft) -> service.ExportResult:
    """Writes the rows into the draft, and says how far it is."""
    said: dict[str, Any] = {}
    with reading() as session:
        record = session.get_one(Export, export_id)
        look = _now_and_then(lambda: job.report(**said))

        def progress(done: int, total: int) -> None:
            said.update(message="Writing rows", processed=done, total=total)
            look()

        with watched(session, look):
            return service.write(
                session, service.source_of(record), Asked.read(record.asked), record.format, draft.file, progress
            )


def _now_and_then(report: Callable[[], object]) -> Callable[[], None]:
    """Calls `report` when it was not called for REPORT_EVERY seconds."""
    told_at = time.monotonic()

    def look() -> None:
        nonlocal told_at
        if time.monotonic() - told_at >= REPORT_EVERY:
            told_at = time.monotonic()
            report()

    return look
