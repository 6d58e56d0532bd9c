"""Undoing an import as a job: the shell around the service, and how it is started."""

from contextlib import AbstractContextManager
from typing import Any

from sqlalchemy.orm import Session

from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import UNFINISHED, Attempt, Job, Limit, Retry, exponentially, job, jobs_of, submitted

from ..errors import AlreadyUndone, StillImporting
from ..jobs import import_of
from ..models import Import
from . import undoing

KIND = "undo"


@job(
    "imports.undo",
    retry=[Retry(Exception, wait=exponentially, attempts=3)],
    discard=[AlreadyUndone],
    limit=Limit("undo:{import_id}", on_conflict="refuse"),
)
def undo_import(job: Attempt, *, import_id: int) -> dict[str, Any]:
    """Takes an import back, batch by batch, from where the job stands."""

    def batches(cursor: undoing.Cursor, processed: int) -> AbstractContextManager[Session]:
        total = max(job.total or 0, processed)
        return job.batch(cursor, processed=processed, total=total, message="Taking rows back")

    if not (job.cursor or {}).get("done"):
        undoing.undo(import_id, _target(import_id), reading, batches, job.cursor, job.processed)
    with reading() as session:
        return {"outcome": undoing.summary(session.get_one(Import, import_id)), "import_id": import_id}


def start(import_job: Job, person_id: int, submission_key: str | None = None) -> Job:
    """Enqueues the undoing of the import that this job was, once for each `submission_key`. How many rows that is about
    is counted before the transaction, for it takes long where they are many.

    Raises StillImporting, AlreadyUndone, NothingToUndo, TooManyActiveJobs, or ConcurrencyConflict while it is under
    way; nothing is stored then.
    """
    with reading() as session:
        if submission_key and (known := submitted(session, person_id, submission_key)):
            return known
        record = import_of(session, import_job)
        refuse_unfinished(import_job, record)
        found = undoing.prospect(session, record)
    with writing() as session:
        record = import_of(session, import_job)
        undoing.begin(record, person_id)
        return kernel.enqueue(
            session,
            undo_import,
            owner=person_id,
            subject=(KIND, subject_of(import_job)),
            title=f"Undo the import of {record.upload.name}",
            submission_key=submission_key,
            total=found.rows,
            import_id=record.id,
        )


def refuse_unfinished(import_job: Job, record: Import) -> None:
    """Raises StillImporting."""
    if import_job.state in UNFINISHED:
        raise StillImporting(name=record.upload.name)


def subject_of(import_job: Job) -> str:
    """What the undoing of an import is about: the page of the import, as `<template id>.<job id>`."""
    return f"{import_job.subject_id}.{import_job.id}"


def latest(session: Session, import_job: Job) -> Job | None:
    """The latest job that undoes this import, if there is any."""
    return session.scalar(jobs_of(kind=KIND, subject_id=subject_of(import_job)).limit(1))


def _target(import_id: int) -> Any:
    with reading() as session:
        return undoing.target_for(session.get_one(Import, import_id))
