"""`bin/flask imports errors` and `imports undo`: what follows an import, for scripts. Exit code 0 done, 1 failed."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.accounts.service import get_by_email
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import Job, JobError, JobNotFound, picture
from webapp.web.commands import as_json
from webapp.web.job_commands import ended, print_facts

from ..cli import group
from ..errors import ImportProblem
from ..jobs import KIND, import_of
from . import error_workbooks
from . import jobs as undo_jobs

identity = click.argument("job_id", metavar="ID")
output = click.Path(dir_okay=False, writable=True, path_type=Path)


@group.command("errors")
@identity
@click.option("--to", "target", type=output, required=True, help="The workbook to write.")
@as_json
def errors(job_id: str, target: Path, json_: bool) -> None:
    """Write the workbook of an import's rejected rows; ID is that of its job."""
    with reading() as session:
        rows = error_workbooks.write_to(session, import_of(session, _import_job(job_id)), target)
    said = f"{rows:,} rejected {'row' if rows == 1 else 'rows'} in {target}."
    print_facts({"job_id": job_id, "error_workbook": str(target), "rows": rows}, json_, said)


@group.command("undo")
@identity
@click.option("--owner", metavar="EMAIL", help="Whose job it is; the import's owner unless given.")
@click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")
@as_json
def undo(job_id: str, owner: str | None, wait: bool, json_: bool) -> None:
    """Undo an import; ID is that of its job."""
    try:
        job = _start(_import_job(job_id), owner)
    except (ImportProblem, JobError) as problem:
        facts = {"job_id": None, "status": "failed", "error_message": problem.sentence}
        print_facts(facts, json_, problem.sentence)
        raise SystemExit(1) from None
    if not wait:
        facts = {"job_id": job.id, "import_job_id": job_id, "status": picture(job)["status"]}
        print_facts(facts, json_, f"Job {job.id} is on its way.")
        return
    facts = _outcome(ended(job.id), job_id)
    said = facts["error_message"] or facts["outcome"] or ""
    print_facts(facts, json_, f"Job {job.id} {facts['status']}. {said}")
    raise SystemExit(0 if facts["status"] == "completed" else 1)


def _import_job(job_id: str) -> Job:
    """The job of an import. Raises JobNotFound, also if it is another kind of job."""
    job = kernel.find(job_id)
    if job is None or job.kind != KIND:
        raise JobNotFound(id=job_id)
    return job


def _start(import_job: Job, owner: str | None) -> Job:
    with reading() as session:
        person_id = _owner(session, import_job, owner)
    return undo_jobs.start(import_job, person_id)


def _owner(session: Session, import_job: Job, owner: str | None) -> int:
    found = get_by_email(session, owner).id if owner else import_job.owner_id
    if found is None:
        raise JobNotFound(id=import_job.id)
    return found


def _outcome(job: Job, import_job_id: str) -> dict[str, Any]:
    with reading() as session:
        record = import_of(session, job)
    return {
        "job_id": job.id,
        "import_job_id": import_job_id,
        "status": picture(job)["status"],
        "removed": record.removed,
        "restored": record.restored,
        "kept": record.kept,
        "outcome": job.outcome,
        "error_message": job.error_message if picture(job)["status"] == "failed" else None,
    }
