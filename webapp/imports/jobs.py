"""The import as a job: the shell around the service, and how one is started."""

import json
import logging
from collections.abc import Mapping
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import UNFINISHED, Attempt, Job, Limit, Retry, exponentially, job, jobs_of
from webapp.sheets import MEGABYTE, Limits, WorkbookRefused, WorkbookReport

from . import service, uploads
from .after import undoing
from .errors import (
    ImportUndone,
    NothingImported,
    ReadingStopped,
    SourceChanged,
    TooManyRejected,
    TooManyRowsAtOnce,
    UploadGone,
)
from .models import Import, ImportTemplate, Upload
from .running.all_or_nothing import MOST_ROWS
from .running.phases import VALIDATING, WRITING
from .running.plans import ALL_OR_NOTHING, VALID_ROWS, as_kept
from .running.uniques import unique_fields

log = logging.getLogger(__name__)

KIND, CHECK_KIND = "import", "check"
"""The two kinds of jobs that read a workbook."""
MESSAGES = {None: "Importing rows", VALIDATING: "Checking rows", WRITING: "Writing all rows at once"}
"""What a job says, by the phase that its cursor names."""
GIVEN_UP = [WorkbookRefused, UploadGone, SourceChanged, ImportUndone]
GIVEN_UP += [TooManyRejected, TooManyRowsAtOnce, NothingImported]
"""What another try would not change."""


@job(
    "imports.run",
    retry=[Retry(Exception, wait=exponentially, attempts=3)],
    discard=GIVEN_UP,
    limit=Limit("import:{turn}"),
)
def run_import(job: Attempt, *, import_id: int, turn: str = "") -> dict[str, Any]:
    """Imports the workbook from where the job stands, and removes its file at the end. Imports with one `turn` come one
    after the other.
    """
    if not (job.cursor or {}).get("read"):
        _read(job, import_id)
    _drop_file(import_id)
    with reading() as session:
        result = service.result_of(session, import_id)
    return {"outcome": result.summary, "completed_with": result.completed_with, "import_id": import_id}


def recorded(
    session: Session, template: ImportTemplate, upload: Upload, report: WorkbookReport, mode: str = VALID_ROWS,
    decided: Mapping[str, str | None] | None = None,
) -> Import:  # fmt: skip
    """Records an import of the upload by the latest version of the template, with its columns used as `decided` or as
    their names say; nothing is started yet.

    Raises TooManyRowsAtOnce in the mode that takes all rows or none.
    """
    refuse_too_many(report, mode)
    record = Import(
        template=template, version=session.merge(template.version), upload=upload, sheet=report.sheet,
        header_row=report.header.row, mode=mode, created_by=upload.owner_id, created_at=datetime.now(UTC),
        mapping=None if decided is None else json.dumps(dict(decided)), facts=as_kept(report.facts),
    )  # fmt: skip
    session.add(record)
    session.flush()
    return record


def refuse_too_many(report: WorkbookReport, mode: str) -> None:
    """Raises TooManyRowsAtOnce for a workbook with more rows than the mode takes that imports all of them or none."""
    if mode == ALL_OR_NOTHING and report.rows_counted > MOST_ROWS:
        raise TooManyRowsAtOnce(limit=MOST_ROWS)


def start(session: Session, record: Import, key: str | None, total: int | None = None) -> Job:
    """Enqueues the job of a recorded import, of `total` rows if that is known. Raises TooManyActiveJobs."""
    return kernel.enqueue(
        session,
        run_import,
        owner=record.created_by,
        subject=(KIND, record.template_id),
        title=f"Import {record.upload.name}",
        submission_key=key,
        total=total,
        import_id=record.id,
        turn=_turn_of(record),
    )


def _turn_of(record: Import) -> str:
    """What imports have in common that have to see each other's rows: a dataset in which they keep values unique."""
    dataset_id = record.template.dataset_id
    if dataset_id is not None and unique_fields(record.version.columns):
        return f"dataset {dataset_id}"
    return f"import {record.id}"


def plan_of(record: Import) -> service.Plan:
    """The plan of an import whose workbook is still as it was uploaded. Raises UploadGone or SourceChanged."""
    path = uploads.path_of(uploads_folder(), record.upload)
    if path is None:
        raise UploadGone(name=record.upload.name)
    if not uploads.is_intact(path, record.upload):
        raise SourceChanged(name=record.upload.name)
    return service.plan_for(record, path, workbook_limits())


def import_of(session: Session, job: Job) -> Import:
    """The import that this job runs."""
    return session.get_one(Import, job.arguments["import_id"], populate_existing=True)


def job_of(session: Session, record: Import) -> Job | None:
    """The job that runs this import; None once it is pruned."""
    return session.scalar(
        jobs_of(kind=KIND, subject_id=str(record.template_id))
        .where(Job.arguments["import_id"].as_integer() == record.id)
        .limit(1)
    )


def already_imported(session: Session, template_id: int, upload: Upload, before: int | None = None) -> Job | None:
    """The job that imported the very same workbook by this template, before the import of this number if one is given:
    to be told, not obeyed.
    """
    record = service.earlier_import(session, template_id, upload.sha256, before)
    return job_of(session, record) if record else None


def uploads_folder() -> Path:
    """Where the current application keeps workbooks."""
    folder: Path = current_app.config["INSTANCE_DIR"] / "uploads"
    return folder


def workbook_limits() -> Limits:
    """What a workbook may ask for in the current application."""
    return Limits(file_bytes=current_app.config["MAX_UPLOAD_MB"] * MEGABYTE)


def room_of(session: Session, owner_id: int) -> uploads.Room:
    """How large a person's next workbook may be in the current application."""
    quota = current_app.config["QUOTA_MB"] * MEGABYTE
    return uploads.Room(workbook_limits().file_bytes, quota, uploads.kept_bytes(session, owner_id))


def tidy_uploads() -> None:
    """Removes the workbooks that nobody needs any more."""
    with writing() as session:
        under_way = Job.kind.in_((KIND, CHECK_KIND)), Job.state.in_(UNFINISHED)
        imports = [job.arguments["import_id"] for job in session.scalars(jobs_of().where(*under_way))]
        needed = set(session.scalars(select(Import.upload_id).where(Import.id.in_(imports))))
        expired = uploads.expire(session, needed)
    for stored_as in expired:
        uploads.remove_file(uploads_folder(), stored_as)
    with reading() as session:
        known = uploads.stored(session)
    uploads.remove_strays(uploads_folder(), known)


def _read(job: Attempt, import_id: int) -> None:
    def batches(cursor: service.Cursor, processed: int, total: int) -> AbstractContextManager[Session]:
        return job.batch(cursor, processed=processed, total=total, message=MESSAGES[cursor.get("phase")])

    job.report("Checking the workbook")
    plan = _plan(import_id)
    try:
        service.run_import(plan, batches, job.cursor, job.processed, waiting=job.stop_if_asked)
    except WorkbookRefused as refusal:
        if refusal.worth_retrying:
            raise ReadingStopped(sentence=refusal.sentence) from refusal
        raise


def _plan(import_id: int) -> service.Plan:
    with reading() as session:
        record = session.get_one(Import, import_id)
        if undoing.has_begun(record):
            raise ImportUndone(name=record.upload.name)
        return plan_of(record)


def _drop_file(import_id: int) -> None:
    """Removes the workbook of an import; one that cannot be removed is left for `tidy_uploads`."""
    with writing() as session:
        stored_as = uploads.give_up(session.get_one(Import, import_id).upload)
    try:
        uploads.remove_file(uploads_folder(), stored_as)
    except OSError as error:
        log.warning("the workbook of import %d stays for now: %s", import_id, error)
