"""`bin/flask imports …`: templates and imports for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from webapp.accounts.service import AccountError, first_admin, get_by_email
from webapp.datasets.service import DatasetError
from webapp.db import reading, writing
from webapp.jobs import Job, JobError, picture
from webapp.sheets import WorkbookRefused, as_facts, as_sentences, inspect_workbook
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import ended

from . import corrections, error_workbooks, ready_made, service, submission, templates
from .correcting import correct
from .errors import ImportProblem
from .jobs import import_of, workbook_limits

group = Commands("imports", help="Imports: templates from workbooks, and workbooks into datasets.")
workbook = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))

ERRORS_TO = "Wait for the end, and write the workbook of rejected rows here, if there are any."
PROBLEMS = (WorkbookRefused, ImportProblem, DatasetError, JobError, AccountError)


@group.command("template-from")
@workbook
@click.option("--name", required=True, help="The template's name, and the dataset's.")
@click.option(
    "--target", metavar="TABLE", help="A built-in table in place of a dataset: customers, orders, recipients."
)
@click.option("--into", metavar="CAMPAIGN", help="Of recipients, the campaign that they are for.")
@click.option("--key", "keys", multiple=True, metavar="COLUMN", help="A column of the key; may be given again.")
@click.option("--sheet", help="The sheet to look at; the first visible one unless given.")
@click.option("--owner", metavar="EMAIL", help="In whose organization; the first admin's unless given.")
@as_json
def template_from(
    file: Path, name: str, keys: tuple[str, ...], sheet: str | None, owner: str | None, json_: bool,
    target: str | None, into: str | None,
) -> None:  # fmt: skip
    """Make an import template from a workbook's header and first rows."""
    report = inspect_workbook(file, sheet=sheet, limits=workbook_limits())
    with writing() as session:
        person = get_by_email(session, owner) if owner else first_admin(session)
        whose = person.organization_id, person.id
        if target:
            template = ready_made.from_report(session, *whose, name, target, into, report, datetime.now(UTC))
        else:
            choices = templates.choices_from(report, keys)
            template = submission.make_template(session, report, *whose, name=name, dataset=name, columns=choices)
        facts = _about(template)
    where = f"the dataset {facts['dataset']}" if template.dataset else template.target
    _print(facts, json_, f"Template {name} is ready: {len(facts['columns'])} columns into {where}.")


@group.command("report")
@workbook
@click.option("--sheet", help="The sheet to look at; the first visible one unless given.")
@as_json
def report(file: Path, sheet: str | None, json_: bool) -> None:
    """Say what is in a file before anything is imported."""
    try:
        found = inspect_workbook(file, sheet=sheet, limits=workbook_limits())
    except WorkbookRefused as refusal:
        _print({"file": file.name, "error_message": refusal.sentence}, json_, refusal.sentence)
        raise SystemExit(1) from None
    _print({"file": file.name} | as_facts(found), json_, "\n".join(as_sentences(found)))


@group.command("run")
@workbook
@click.option("--template", "template_name", required=True, metavar="NAME", help="The template to import by.")
@click.option("--owner", required=True, metavar="EMAIL", help="Whose job it is.")
@click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")
@click.option("--errors-to", type=click.Path(dir_okay=False, writable=True, path_type=Path), help=ERRORS_TO)
@as_json
def run(file: Path, template_name: str, owner: str, wait: bool, errors_to: Path | None, json_: bool) -> None:
    """Import a workbook by a template."""
    try:
        job = _start(file, template_name, owner)
    except PROBLEMS as problem:
        _print({"job_id": None, "status": "failed", "error_message": problem.sentence}, json_, problem.sentence)
        raise SystemExit(1) from None
    if not wait and errors_to is None:
        _print({"job_id": job.id, "status": picture(job)["status"]}, json_, f"Job {job.id} is on its way.")
        return
    facts = _outcome(ended(job.id), errors_to)
    _print(facts, json_, f"Job {job.id} {facts['status']}. {facts['error_message'] or facts['outcome'] or ''}")
    raise SystemExit(0 if facts["status"] == "completed" else 1)


def _start(file: Path, template_name: str, owner: str) -> Job:
    with reading() as session:
        person = get_by_email(session, owner)
        template = templates.get_by_name(session, template_name, person.organization_id)
    with file.open("rb") as source, submission.received(source, file.name, person) as (upload, report):
        with reading() as session:
            parent = corrections.parent_of(session, person.organization_id, report.properties)
        if parent is not None:
            return correct(parent, upload, report, person)
        return submission.import_by(template, upload, report, person)


def _outcome(job: Job, errors_to: Path | None) -> dict[str, Any]:
    with reading() as session:
        record = import_of(session, job)
        result = service.result_of(session, record.id)
        has_errors = errors_to is not None and error_workbooks.is_there(record)
        if errors_to is not None and has_errors:
            error_workbooks.write_to(session, record, errors_to)
    seconds = (
        None if job.completed_at is None or job.started_at is None else round(job.completed_at - job.started_at, 3)
    )
    return {
        "job_id": job.id,
        "status": picture(job)["status"],
        "processed": job.processed,
        "inserted": result.inserted,
        "updated": result.updated,
        "unchanged": result.unchanged,
        "rejected": result.errors,
        "error_workbook": str(errors_to) if has_errors else None,
        "seconds": seconds,
        "error_message": job.error_message if picture(job)["status"] == "failed" else None,
        "outcome": job.outcome,
    }


def _about(template: Any) -> dict[str, Any]:
    columns = [
        {"header": c.header, "field": c.field, "type": c.type, "required": c.required, "key": c.key}
        for c in template.columns
    ]
    return {
        "template_id": template.id,
        "target": template.target,
        "dataset": template.dataset and template.dataset.name,
        "columns": columns,
    }


def _print(facts: dict[str, Any], json_: bool, words: str) -> None:
    click.echo(json.dumps(facts) if json_ else words)
