"""`bin/flask demo …`: jobs are interrupted and go on, to be watched. Exit code 0: nothing was lost or repeated."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import click
from rich.console import Console

from webapp.commerce.jobs import STYLES
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import WORDS, Job, NotPossible, State
from webapp.web.commands import Commands, as_json, only_errors_of_jobs
from webapp.web.formats import quantity
from webapp.web.job_commands import print_facts

from .performances import Interruption, Tell, begin, clear_stage, figures, find, followed, is_clean, keep_mail_here
from .places import checkpoint_words, item_of
from .stages import STAGES
from .workers import workers

group = Commands("demo", help="Watch jobs that are interrupted and go on where they were.")
job_id = click.argument("job_id", metavar="ID")


@group.command("run")
@click.argument("name", type=click.Choice(list(STAGES)))
@click.option(
    "--style", type=click.Choice(STYLES), default=STYLES[0], show_default=True, help="How it keeps its place."
)
@click.option("--items", type=click.IntRange(1), help="How many orders, customers or recipients.")
@click.option("--delay", type=click.FloatRange(0), default=0.0, help="Seconds to wait for each item.")
@click.option("--interrupt-after", "after", type=click.IntRange(1), help="Interrupt it when so many items are done.")
@click.option("--interrupt-at", "at", type=click.IntRange(1), help="Interrupt it at the item in this place.")
@click.option("--interrupt-after-seconds", "seconds", type=click.FloatRange(0), help="Interrupt it after so long.")
@as_json
def run(
    name: str, style: str, items: int | None, delay: float, after: int | None, at: int | None, seconds: float | None,
    json_: bool,
) -> None:  # fmt: skip
    """Run a job on data of its own, interrupt it if asked to, and follow it to its end."""
    stage, interruption = STAGES[name], Interruption(after, at, seconds)
    keep_mail_here(stage)
    with workers(), _told(json_) as tell:
        clear_stage(stage, style)
        job = begin(stage, style, items=items, delay=delay, interruption=interruption)
        _end(followed(job.id, tell), json_)


@group.command("checkpoint")
@job_id
@as_json
def checkpoint(job_id: str, json_: bool) -> None:
    """Show where a demonstration's job goes on, in words."""
    job = find(job_id)
    with reading() as session:
        words, item = checkpoint_words(session, job), item_of(session, job)
    cursor = None if job.cursor is None else json.loads(job.cursor)
    facts = {"job_id": job.id, "state": job.state, "cursor": cursor, "item": item, "processed": job.processed}
    print_facts(facts | {"checkpoints": job.checkpoints}, json_, f"{job.title} stands {words}\nSaved: {job.cursor}")


@group.command("resume")
@job_id
@as_json
def resume(job_id: str, json_: bool) -> None:
    """Go on with a job that is paused, interrupted or failed, and follow it to its end."""
    with reading() as session:
        item_of(session, find(job_id))
    with workers(), _told(json_) as tell:
        state = find(job_id).state
        if state == State.FAILED:
            kernel.retry(job_id)
        elif state in {State.PAUSING, State.PAUSED}:
            with suppress(NotPossible):  # one that was about to pause may have come to its end instead
                kernel.resume(job_id)
        _end(followed(job_id, tell), json_)


def _end(job: Job, json_: bool) -> None:
    """Prints what came of the job, and ends with the code that says whether all is well."""
    found = figures(job)
    print_facts(found, json_, f"{job.title}: {job.outcome or WORDS[State(job.state)]}\n{in_words(found)}")
    raise SystemExit(0 if is_clean(found) else 1)


def in_words(found: dict[str, Any]) -> str:
    """The figures of a job in a line."""
    counts = f"{found['processed']:,} processed, {found['failed_items']:,} failed"
    stops = f"{quantity(found['interruptions'], 'interruption')}, {quantity(found['checkpoints'], 'checkpoint')}"
    return f"{counts}, {stops}, {found['duplicates']:,} done twice, {found['missed']:,} missed, {found['seconds']} s"


@contextmanager
def _told(quiet: bool) -> Iterator[Tell]:
    """Shows how a job stands, in one line that changes; the log of what is told so anyway keeps silent."""
    with only_errors_of_jobs(), Console(stderr=True, quiet=quiet, highlight=False).status("") as line:

        def tell(job: Job) -> None:
            done = f"{job.processed:,} of {job.total or 0:,} {job.unit}"
            stops = quantity(job.interruptions, "interruption")
            line.update(f"{job.title}: {WORDS[State(job.state)]}, {done}, {stops}")

        yield tell
