"""`bin/flask jobs prune|check`: keeping the jobs in order."""

from dataclasses import asdict

import click

from webapp.extensions import kernel
from webapp.web.commands import as_json
from webapp.web.job_commands import print_facts

from .groups import jobs


@jobs.command("prune")
@click.option("--days", type=click.IntRange(0), help="Keep those that ended so lately; KEEP_JOBS_DAYS unless given.")
@as_json
def prune(days: int | None, json_: bool) -> None:
    """Remove jobs that ended long ago, a few at a time."""
    removed = kernel.prune(days)
    guards = f"{removed.keys:,} keys of forms and {removed.occurrences:,} times of schedules"
    print_facts(asdict(removed), json_, f"Removed {removed.jobs:,} jobs, {guards}.")


@jobs.command("check")
@as_json
def check(json_: bool) -> None:
    """Check the whole configuration and say every problem; start nothing."""
    found = kernel.check()
    warnings = [f"Warning: {warning}" for warning in found.warnings]
    verdict = [] if found.problems else ["Everything fits together."]
    print_facts(asdict(found), json_, "\n".join([*found.problems, *warnings, *verdict]))
    raise SystemExit(1 if found.problems else 0)
