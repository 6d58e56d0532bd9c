"""`bin/flask jobs hello`: the smoke test from the command line."""

import click
from flask.cli import with_appcontext

from webapp.db import writing
from webapp.web.commands import as_json
from webapp.web.job_commands import print_job

from .jobs import say_hello


@click.command("hello")
@as_json
@with_appcontext
def hello(json_: bool) -> None:
    """Enqueue the smoke test: a job that only logs."""
    with writing() as session:
        job = say_hello(session, None)
    print_job(job, json_)
