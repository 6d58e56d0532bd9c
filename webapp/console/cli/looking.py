"""`bin/flask jobs list|show|failed-items|checkpoint`: what there is."""

import json
from typing import Any

import click
from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.accounts.service import get_by_email
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import STATUS, Job, JobEvent, JobNotFound, Search, failed_items_of, history, jobs_of
from webapp.jobs.models import FailedItem, JobAttempt
from webapp.web.commands import as_json
from webapp.web.job_commands import facts, line, moment, print_facts

from .groups import jobs

LOOKED_AT = 20_000
"""How many of the newest jobs that match a search are looked at for the others of its conditions."""
job_id = click.argument("job_id", metavar="ID")


@jobs.command("list")
@click.option("--status", type=click.Choice(sorted(set(STATUS.values()))), help="Only jobs in this status.")
@click.option("--handler", metavar="NAME", help="Only jobs of this handler.")
@click.option("--owner", metavar="EMAIL", help="Only this person's jobs.")
@click.option("--queue", metavar="NAME", help="Only jobs of this queue.")
@click.option("--search", metavar="WORDS", default="", help="Only jobs with these words in their title, or this id.")
@click.option("--limit", type=click.IntRange(1), default=50, show_default=True, help="At most so many, the newest.")
@as_json
def list_jobs(
    status: str | None,
    handler: str | None,
    owner: str | None,
    queue: str | None,
    search: str,
    limit: int,
    json_: bool,
) -> None:
    """List jobs, the newest first."""
    with reading() as session:
        owners = [get_by_email(session, owner).id] if owner else None
        query = jobs_of(owners)
        if status:
            query = query.where(Job.state.in_([state for state, word in STATUS.items() if word == status]))
        if search or handler or queue:
            query = query.where(Job.id.in_(Search(search, owners, handler, queue).run(session, LOOKED_AT).ids))
        found = list(session.scalars(query.limit(limit)))
    print_facts({"jobs": [facts(job) for job in found]}, json_, "\n".join(map(line, found)) or "No jobs.")


@jobs.command("show")
@job_id
@as_json
def show_job(job_id: str, json_: bool) -> None:
    """Show one job with its attempts, their errors and its history."""
    job = found(job_id)
    with reading() as session:
        attempts = [_attempt_facts(attempt) for attempt in _attempts(session, job_id)]
        events = [_event_facts(event) for event in history(session, job_id)]
    shown = facts(job) | {"attempt_history": attempts, "events": events}
    print_facts(shown, json_, "\n".join(_described(job, shown)))


@jobs.command("failed-items")
@job_id
@click.option("--offset", type=click.IntRange(0), default=0, help="Leave out so many.")
@click.option("--limit", type=click.IntRange(1), help="At most so many; all that are kept unless given.")
@as_json
def failed_items(job_id: str, offset: int, limit: int | None, json_: bool) -> None:
    """List the items of a job that failed while it went on, with the reason of each."""
    job = found(job_id)
    with reading() as session:
        items = [_item_facts(item) for item in session.scalars(failed_items_of(job_id).offset(offset).limit(limit))]
    lines = [f"{item['item']}  {item['reason']}  attempt {item['attempt']}, {item['at']}" for item in items]
    words = [*lines, f"Of the items of job {job.id}, {job.failed_items:,} failed."]
    print_facts({"job_id": job.id, "failed": job.failed_items, "failed_items": items}, json_, "\n".join(words))


@jobs.command("checkpoint")
@job_id
@as_json
def checkpoint(job_id: str, json_: bool) -> None:
    """Show where a job would go on: its cursor and how far it is."""
    job = found(job_id)
    shown = {
        "job_id": job.id,
        "state": job.state,
        "cursor": None if job.cursor is None else json.loads(job.cursor),
        "processed": job.processed,
        "total": job.total,
        "unit": job.unit,
        "interruptions": job.interruptions,
        "losses_here": job.losses_here,
        "updated_at": moment(job.updated_at),
    }
    of = f" of {job.total:,}" if job.total else ""
    place = "at the very beginning" if job.cursor is None else f"behind {job.cursor}"
    print_facts(shown, json_, f"Job {job.id} goes on {place}, after {job.processed:,}{of} {job.unit}.")


def found(job_id: str) -> Job:
    """The job with this id. Raises JobNotFound."""
    job = kernel.find(job_id)
    if job is None:
        raise JobNotFound(id=job_id)
    return job


def _attempts(session: Session, job_id: str) -> list[JobAttempt]:
    return list(session.scalars(select(JobAttempt).where(JobAttempt.job_id == job_id).order_by(JobAttempt.token)))


def _attempt_facts(attempt: JobAttempt) -> dict[str, Any]:
    return {
        "worker": attempt.worker,
        "started_at": moment(attempt.started_at),
        "ended_at": moment(attempt.ended_at),
        "came_to": attempt.came_to,
        "error_name": attempt.error_name,
        "error_trace": attempt.error_trace,
    }


def _item_facts(item: FailedItem) -> dict[str, Any]:
    return {"item": item.item, "reason": item.reason, "attempt": item.attempt, "at": moment(item.at)}


def _event_facts(event: JobEvent) -> dict[str, Any]:
    facts = {"at": moment(event.at), "name": event.name, "attempt": event.attempt}
    return facts | {"actor": event.actor, "detail": event.detail}


def _described(job: Job, shown: dict[str, Any]) -> list[str]:
    lines = [line(job), f"{job.handler} on {job.queue}, {json.dumps(job.arguments)}, state {job.state}"]
    lines += [shown["waiting"]] if shown["waiting"] else []
    lines += [f"{job.failed_items:,} items failed: bin/flask jobs failed-items {job.id}"] if job.failed_items else []
    for event in shown["events"]:
        asked = f"by {event['actor']}" if event["actor"] else None
        lines.append("  ".join(part for part in (event["at"], event["name"], asked, event["detail"]) if part))
    for number, attempt in enumerate(shown["attempt_history"], start=1):
        lines.append(f"Start {number}: {attempt['started_at']}, {attempt['came_to'] or 'under way'}")
        lines += [attempt["error_trace"].rstrip()] if attempt["error_trace"] else []
    return lines
