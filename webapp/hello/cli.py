"""`bin/flask jobs hello`: the smoke test from the command line."""

from webapp.console.cli import group, print_job
from webapp.db import writing
from webapp.web.commands import as_json

from .jobs import say_hello


@group.command("hello")
@as_json
def hello(json_: bool) -> None:
    """Enqueue the smoke test: a job that only logs."""
    with writing() as session:
        job = say_hello(session, None)
    print_job(job, json_)
