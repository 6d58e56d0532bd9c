"""`bin/flask jobs cancel|pause|resume|interrupt|retry|discard|enqueue`: what is asked of jobs."""

import json
from typing import Any

import click

from webapp.accounts.service import get_by_email
from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import find_handler
from webapp.jobs.triggers import Trigger
from webapp.web.commands import as_json, operator
from webapp.web.job_commands import facts, line, print_facts, print_job

from .groups import jobs

job_id = click.argument("job_id", metavar="ID")


@jobs.command("cancel")
@job_id
@as_json
def cancel(job_id: str, json_: bool) -> None:
    """Cancel a job: a waiting one at once, a running one at its next batch."""
    print_job(kernel.cancel(job_id, by=operator()), json_)


@jobs.command("pause")
@job_id
@as_json
def pause(job_id: str, json_: bool) -> None:
    """Pause a job: a waiting one at once, a running one at its next batch."""
    print_job(kernel.pause(job_id, by=operator()), json_)


@jobs.command("resume")
@job_id
@as_json
def resume(job_id: str, json_: bool) -> None:
    """Go on with a paused job."""
    print_job(kernel.resume(job_id, by=operator()), json_)


def _place(_context: click.Context, _parameter: click.Parameter, given: str | None) -> Any:
    """A cursor in JSON; what is none is a text."""
    try:
        return None if given is None else json.loads(given)
    except ValueError:
        return given


@jobs.command("interrupt")
@job_id
@click.option("--at", metavar="ITEM", callback=_place, help="At this item; [3] is whatever comes first inside 3.")
@click.option("--step", metavar="NAME", help="When this step is done; with --at, inside it.")
@click.option("--after-items", metavar="N", type=click.IntRange(0), help="When so many more items are done.")
@click.option("--after-seconds", metavar="S", type=click.FloatRange(0), help="When it has run so much longer.")
@as_json
def interrupt(job_id: str, json_: bool, **given: Any) -> None:
    """Interrupt a job once: it goes back on its queue and resumes from its checkpoint."""
    when = {name: value for name, value in given.items() if value is not None}
    job = kernel.interrupt(job_id, by=operator(), **when)
    place = (Trigger.read(when).words if when else None) or "at its next batch"
    words = f"{line(job)}\nIt stops {place}, goes back on its queue and resumes from its checkpoint."
    print_facts(facts(job) | {"interrupt_when": job.interrupt_when}, json_, words)


@jobs.command("retry")
@job_id
@as_json
def retry(job_id: str, json_: bool) -> None:
    """Try a failed job again, from its checkpoint."""
    print_job(kernel.retry(job_id, by=operator()), json_)


@jobs.command("discard")
@job_id
@as_json
def discard(job_id: str, json_: bool) -> None:
    """Give a failed job up: no other try is offered."""
    print_job(kernel.discard(job_id, by=operator()), json_)


def _argument(_context: click.Context, _parameter: click.Parameter, given: tuple[str, ...]) -> dict[str, Any]:
    """`name=value` pairs, the values in JSON."""
    arguments = {}
    for pair in given:
        name, _, value = pair.partition("=")
        try:
            arguments[name] = json.loads(value)
        except ValueError:
            raise click.BadParameter(f"{pair} is not NAME=JSON, as in flow_id=7 or name='\"Hours\"'.") from None
    return arguments


@jobs.command("enqueue")
@click.argument("handler_name", metavar="HANDLER")
@click.option("--arg", "arguments", metavar="NAME=JSON", multiple=True, callback=_argument, help="May be given again.")
@click.option("--owner", metavar="EMAIL", help="Whose job it is; nobody's unless given.")
@click.option("--title", help="What it is called; the handler's name unless given.")
@as_json
def enqueue(handler_name: str, arguments: dict[str, Any], owner: str | None, title: str | None, json_: bool) -> None:
    """Enqueue a job of a handler."""
    handler = find_handler(handler_name)
    handler.check_arguments(arguments)
    with writing() as session:
        job = kernel.enqueue(
            session,
            handler,
            owner=get_by_email(session, owner).id if owner else None,
            subject=("command", "-"),
            title=title or handler_name,
            **arguments,
        )
    print_job(job, json_)
