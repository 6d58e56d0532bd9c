"""`bin/flask jobs …`: what the pages of jobs do, for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json

import click

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import STATUS, Job, JobNotFound, jobs_of
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import facts, line, print_job

group = Commands("jobs", help="Jobs: list, show, cancel, test.")


@group.command("list")
@click.option("--status", type=click.Choice(sorted(set(STATUS.values()))), help="Only jobs in this status.")
@click.option("--limit", default=50, show_default=True, help="At most so many, the newest.")
@as_json
def list_jobs(status: str | None, limit: int, json_: bool) -> None:
    """List jobs, the newest first."""
    query = jobs_of().limit(limit)
    if status:
        query = query.where(Job.state.in_([state for state, word in STATUS.items() if word == status]))
    with reading() as session:
        found = list(session.scalars(query))
    if json_:
        click.echo(json.dumps({"jobs": [facts(job) for job in found]}))
        return
    for job in found:
        click.echo(line(job))


@group.command("show")
@click.argument("job_id", metavar="ID")
@as_json
def show_job(job_id: str, json_: bool) -> None:
    """Show one job."""
    print_job(_find(job_id), json_)


@group.command("cancel")
@click.argument("job_id", metavar="ID")
@as_json
def cancel_job(job_id: str, json_: bool) -> None:
    """Cancel a job: a waiting one at once, a running one at its next batch."""
    print_job(kernel.cancel(job_id), json_)


def _find(job_id: str) -> Job:
    job = kernel.find(job_id)
    if job is None:
        raise JobNotFound(id=job_id)
    return job
