"""The check of a workbook as a job: the shell around it, how one is started, and what is done upon it."""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

import msgspec
from sqlalchemy.orm import Session

from webapp.db import ROW, reading
from webapp.extensions import kernel
from webapp.jobs import UNFINISHED, Attempt, Job, Limit, Retry, exponentially, job, jobs_of, submitted
from webapp.sheets import WorkbookRefused

from .. import service
from ..errors import (
    CheckStale,
    ImportStarted,
    ReadingStopped,
    SourceChanged,
    StillChecking,
    TemplateDeleted,
    UploadGone,
)
from ..jobs import CHECK_KIND, plan_of, start
from ..models import Import
from ..running.plans import Replacement
from ..targets.target import target_of
from . import service as checking


@job(
    "imports.check",
    retry=[Retry(Exception, wait=exponentially, attempts=3)],
    discard=[WorkbookRefused, UploadGone, SourceChanged],
    limit=Limit("check:{import_id}"),
)
def check_import(job: Attempt, *, import_id: int) -> dict[str, Any]:
    """Looks at every row of the workbook, from where the job stands; the target stays as it is."""
    if not (job.cursor or {}).get("read"):
        _read(job, import_id)
    with reading() as session:
        return {"outcome": checking.outcome_of(checking.get(session, import_id)), "import_id": import_id}


def start_check(session: Session, record: Import, key: str | None = None) -> Job:
    """Enqueues a check of a recorded import. Raises TooManyActiveJobs."""
    return kernel.enqueue(
        session,
        check_import,
        owner=record.created_by,
        subject=(CHECK_KIND, record.id),
        title=f"Check {record.upload.name}",
        submission_key=key,
        import_id=record.id,
    )


def check_of(session: Session, import_id: int) -> Job | None:
    """The latest check of an import as a job; None once it is no longer kept."""
    return session.scalar(jobs_of(kind=CHECK_KIND, subject_id=str(import_id)).limit(1))


def import_of_check(session: Session, record: Import) -> Job | None:
    """The job that imports what was checked, if somebody has started it."""
    return submitted(session, record.created_by, submission_key_of(record)) if record.created_by else None


def submission_key_of(record: Import) -> str:
    """What makes one import of a check, however often and wherever it is asked for."""
    return f"import {record.id}"


def import_checked(session: Session, record: Import, mode: str) -> Job:
    """Starts the import that was checked, once however often it is asked. Whether its workbook is still the one that
    was checked is for the caller to see, before the transaction: to read a large file takes long.

    Raises StillChecking or CheckStale where there is no check that holds, TemplateDeleted, and TooManyActiveJobs.
    """
    _hold(session, record)
    if (known := import_of_check(session, record)) is not None:
        return known
    _see_to_template(record)
    check, job = checking.find(session, record.id), check_of(session, record.id)
    if check is None or check.finished_at is None or (job is not None and job.state in UNFINISHED):
        raise StillChecking(name=record.upload.name)
    if checking.is_stale(session, check, target_of(record.template, record.version.columns)):
        raise CheckStale
    record.mode = mode
    return start(session, record, submission_key_of(record))


def check_again(session: Session, record: Import, decided: Sequence[Replacement], key: str | None) -> Job:
    """Checks an import anew, with what was decided about values besides. Raises ImportStarted, TemplateDeleted or
    TooManyActiveJobs.
    """
    _hold(session, record)
    if import_of_check(session, record) is not None:
        raise ImportStarted(name=record.upload.name)
    if record.created_by is not None and key and (known := submitted(session, record.created_by, key)):
        return known
    _see_to_template(record)
    earlier = msgspec.json.decode(record.replacements, type=list[Replacement])
    about = {(field, text) for field, text, _ in decided}
    kept = [each for each in earlier if (each[0], each[1]) not in about]
    record.replacements = msgspec.json.encode([*kept, *decided]).decode()
    return start_check(session, record, key)


def _hold(session: Session, record: Import) -> None:
    """Of those who import it, or check it again, at the same instant, one comes after the other."""
    session.refresh(record, with_for_update={**ROW, "of": Import})


def _see_to_template(record: Import) -> None:
    if record.template.deleted_at is not None:
        raise TemplateDeleted(name=record.upload.name)


def _read(job: Attempt, import_id: int) -> None:
    def batches(cursor: service.Cursor, processed: int, total: int) -> AbstractContextManager[Session]:
        return job.batch(cursor, processed=processed, total=total, message="Checking rows")

    job.report("Checking the workbook")
    with reading() as session:
        plan = plan_of(session.get_one(Import, import_id))
    if job.cursor is None:
        with job.batch({"row": 0}, processed=0) as session:
            checking.begin(session, import_id, plan.target)
    try:
        checking.run_check(plan, batches, job.cursor, job.processed, waiting=job.stop_if_asked)
    except WorkbookRefused as refusal:
        if refusal.worth_retrying:
            raise ReadingStopped(sentence=refusal.sentence) from refusal
        raise
