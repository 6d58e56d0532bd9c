"""How commands print jobs."""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import FINISHED, Job, explain, picture


def print_job(job: Job, json_: bool) -> None:
    """Prints a job as one JSON object or as one line."""
    click.echo(json.dumps(facts(job)) if json_ else line(job))


def print_facts(facts: Mapping[str, Any], json_: bool, words: str) -> None:
    """Prints one JSON object, or the same in words."""
    click.echo(json.dumps(facts) if json_ else words)


def ended(job_id: str) -> Job:
    """The job once it has ended; the running instance's workers do it."""
    while (job := kernel.find(job_id)) is None or job.state not in FINISHED:
        time.sleep(0.2)
    return job


def facts(job: Job) -> dict[str, Any]:
    """A job for scripts: its picture, with the count of attempts under the name that scripts know."""
    shown = picture(job)
    with reading() as session:
        waiting = explain(session, job)
    return shown | {"handler": job.handler, "queue": job.queue, "attempts": shown["attempt"], "waiting": waiting}


def line(job: Job) -> str:
    """A job as one line of text."""
    shown = picture(job)
    done = f"{shown['processed']:,} of {shown['total']:,} {shown['unit']}" if shown["total"] else ""
    said = shown["error_message"] if shown["status"] == "failed" else shown["outcome"] or ""
    return "  ".join(part for part in (job.id, f"{shown['status']:<10}", job.title, done, said) if part)


def moment(at: float | None) -> str | None:
    """A moment of the ledger for scripts and for operators: ISO 8601 in UTC, None for none."""
    return None if at is None else datetime.fromtimestamp(at, UTC).isoformat(timespec="seconds")
