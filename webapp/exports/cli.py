"""`bin/flask exports …`: exports for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json
import shutil
from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.accounts.models import User
from webapp.accounts.service import AccountError, first_admin, get_by_email, users
from webapp.datasets import service as datasets
from webapp.datasets.service import DatasetError
from webapp.db import reading, writing
from webapp.jobs import Job, JobError, picture
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import ended, print_facts

from . import service, sources
from .asking import Asked
from .errors import ExportGone, ExportProblem
from .jobs import exports_folder, start
from .models import Export
from .sources import DatasetSource

group = Commands("exports", help="Exports: datasets and tables into files.")
FORMATS = click.Choice(list(service.LABELS))
FILE = click.Path(dir_okay=False, path_type=Path)
PROBLEMS = (ExportProblem, DatasetError, JobError, AccountError)


@group.command("run")
@click.argument("dataset")
@click.option(
    "--to", "target", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Where to put it."
)
@click.option("--format", "format_", type=FORMATS, help="The format; what FILE ends in, or xlsx, unless given.")
@click.option("--search", default="", help="Only rows with this text in any field.")
@click.option(
    "--where", multiple=True, metavar="CONDITION", help="Only rows that meet it, as hours>=8; may be repeated."
)
@click.option("--columns", metavar="NAMES", help="Only these columns, in this order, with commas between them.")
@click.option("--sort", metavar="COLUMN", help="Sort by this column; by arrival unless given.")
@click.option("--descending", is_flag=True, help="The highest first.")
@click.option("--owner", metavar="EMAIL", help="Whose job it is; the first admin's unless given.")
@click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")
@as_json
def run(
    dataset: str, target: Path | None, format_: str | None, wait: bool, owner: str | None, json_: bool, **wishes: Any
) -> None:
    """Export a dataset, or one of the tables customers and orders; with --to, wait for the file and put it there."""
    columns = tuple(name.strip() for name in (wishes.pop("columns") or "").split(",") if name.strip())
    try:
        job = _start(dataset, Asked(fields=columns, **wishes), format_ or _format_of(target), owner)
        facts = _outcome(ended(job.id), target) if wait or target else _on_its_way(job)
    except PROBLEMS as problem:
        facts = {"job_id": None, "status": "failed", "error_message": problem.sentence}
    print_facts(
        facts, json_, facts.get("error_message") or facts.get("outcome") or f"Job {facts['job_id']} is on its way."
    )
    raise SystemExit(1 if facts["status"] in ("failed", "cancelled") else 0)


@group.command("list")
@click.option("--dataset", help="Only those of this dataset.")
@click.option("--owner", metavar="EMAIL", help="Only this person's; everybody's unless given.")
@click.option("--limit", type=click.IntRange(min=0), help="At most so many; all of them unless given.")
@as_json
def list_exports(dataset: str | None, owner: str | None, limit: int | None, json_: bool) -> None:
    """List the exports, the newest first."""
    with reading() as session:
        people = [get_by_email(session, owner).id] if owner else [person.id for person in users(session)]
        known = DatasetSource(datasets.find_by_name(session, dataset)) if dataset else None
        found = [_about(export) for export in session.scalars(service.listed(people, known).limit(limit))]
    if json_:
        click.echo(json.dumps({"exports": found}))
        return
    for facts in found:
        state = f"{facts['rows']:,} rows, {facts['size']:,} bytes" if facts["is_there"] else "no file"
        click.echo(f"{facts['export_id']}  {facts['name']}  {state}")


def _start(name: str, asked: Asked, format_: str, owner: str | None) -> Job:
    with writing() as session:
        person = _person(session, owner)
        return start(session, sources.named(session, name, person.organization_id), asked, format_, person.id)


def _person(session: Session, owner: str | None) -> User:
    return get_by_email(session, owner) if owner else first_admin(session)


def _format_of(target: Path | None) -> str:
    """The format that the file's name says, as it is."""
    return target.suffix[1:].lower() if target else "xlsx"


def _on_its_way(job: Job) -> dict[str, Any]:
    return {"job_id": job.id, "export_id": job.arguments["export_id"], "status": picture(job)["status"]}


def _outcome(job: Job, target: Path | None) -> dict[str, Any]:
    """What came of a job that has ended, and its file put where it was wanted. Raises ExportGone."""
    shown = picture(job)
    with reading() as session:
        export = session.get_one(Export, job.arguments["export_id"])
    if shown["status"] == "completed" and target is not None:
        _copy(export, target)
    return _on_its_way(job) | {
        "rows": export.rows,
        "size": export.size,
        "file": str(target) if target and shown["status"] == "completed" else None,
        "notes": json.loads(export.notes),
        "outcome": job.outcome or f"Job {job.id} {shown['status']}.",
        "error_message": job.error_message if shown["status"] == "failed" else None,
    }


def _copy(export: Export, target: Path) -> None:
    """Puts the file where it was wanted: beside first, so that it is there only when whole."""
    if export.stored_as is None:
        raise ExportGone
    part = target.with_name(target.name + ".part")
    try:
        shutil.copyfile(exports_folder() / export.stored_as, part)
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)


def _about(export: Export) -> dict[str, Any]:
    return {
        "export_id": export.id,
        "name": export.name,
        "dataset": service.source_of(export).name,
        "format": export.format,
        "rows": export.rows,
        "size": export.size,
        "created_at": export.created_at.isoformat(timespec="seconds"),
        "expires_at": export.expires_at.isoformat(timespec="seconds") if export.expires_at else None,
        "is_there": export.stored_as is not None,
    }
