"""`bin/flask imports …`: templates and imports for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from webapp.accounts.service import AccountError, first_admin, get_by_email
from webapp.datasets.service import DatasetError
from webapp.db import reading, writing
from webapp.jobs import Job, JobError, picture
from webapp.sheets import WorkbookRefused, as_facts, as_sentences, inspect_workbook
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import ended

from . import submission
from .after import corrections
from .after.submission import correct
from .errors import ImportProblem
from .jobs import already_imported, workbook_limits
from .mapping import service as mapping
from .outcomes import outcome_of
from .running.plans import ALL_OR_NOTHING, VALID_ROWS
from .templates import ready_made
from .templates import service as templates

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
@click.option(
    "--mode",
    type=click.Choice([VALID_ROWS, ALL_OR_NOTHING]),
    default=VALID_ROWS,
    show_default=True,
    help="Import the rows that are valid, or all rows if all are.",
)
@click.option(
    "--mapping",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A JSON object: the field for each header that is used otherwise, null for one that is not.",
)
@click.option("--dry-run", is_flag=True, help="Only say what an import would do; nothing is written.")
@click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")
@click.option("--errors-to", type=click.Path(dir_okay=False, writable=True, path_type=Path), help=ERRORS_TO)
@as_json
def run(
    file: Path, template_name: str, owner: str, mode: str, mapping: Path | None, dry_run: bool, wait: bool,
    errors_to: Path | None, json_: bool,
) -> None:  # fmt: skip
    """Import a workbook by a template."""
    try:
        how = {"mode": mode, "check_first": dry_run, "decided": _mapping_in(mapping) if mapping else None}
        job, before = _start(file, template_name, owner, how)
    except PROBLEMS as problem:
        _print({"job_id": None, "status": "failed", "error_message": problem.sentence}, json_, problem.sentence)
        raise SystemExit(1) from None
    if not wait and errors_to is None:
        facts = {"job_id": job.id, "status": picture(job)["status"], "already_imported": before}
        _print(facts, json_, f"Job {job.id} is on its way.{_said_of(before)}")
        return
    facts = outcome_of(ended(job.id), errors_to) | {"already_imported": before}
    words = f"Job {job.id} {facts['status']}. {facts['error_message'] or facts['outcome'] or ''}{_said_of(before)}"
    _print(facts, json_, words)
    raise SystemExit(0 if facts["status"] == "completed" else 1)


def _start(file: Path, template_name: str, owner: str, how: dict[str, Any]) -> tuple[Job, str | None]:
    """The job, and the id of the one that imported the same workbook before, if one did."""
    with reading() as session:
        person = get_by_email(session, owner)
        template = templates.get_by_name(session, template_name, person.organization_id)
    with file.open("rb") as source, submission.received(source, file.name, person) as (upload, report):
        with reading() as session:
            before = already_imported(session, template.id, upload)
            parent = corrections.parent_of(session, person.organization_id, report.properties)
        if parent is not None:
            return correct(parent, upload, report, person, **how), None
        report = submission.inspect_for(template, upload, report)
        if how.get("decided") is None:
            with reading() as session:
                how["decided"] = mapping.as_before(session, template.id, template.columns, report.header)
        job = submission.import_by(template, upload, report, person, **how)
        return job, before and before.id


def _mapping_in(file: Path) -> dict[str, str | None]:
    try:
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str | None])
    except (msgspec.MsgspecError, UnicodeDecodeError):
        raise click.BadParameter(f"{file.name} is not a JSON object of headers and fields.") from None


def _said_of(before: str | None) -> str:
    return f" The same workbook was imported before, by job {before}." if before else ""


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
