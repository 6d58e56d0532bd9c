"""Taking a job in: a new row of the ledger, if its owner and its limit allow one more."""

import json
import secrets
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock, ledger, queries
from .errors import AlreadySubmitted, TooManyActiveJobs
from .models import Job, JobKey
from .registry import Handler
from .states import State
from .triggers import Trigger


@dataclass(frozen=True)
class Request:
    """What is asked for: whose job it is, what it is about, what it is called, when it may run, and its arguments."""

    handler: Handler
    owner: int | None
    subject: tuple[str, object]
    title: str
    arguments: dict[str, Any]
    submission_key: str | None = None
    total: int | None = None
    delay: float = 0
    interrupt_when: dict[str, Any] | None = None


def submitted(session: Session, owner_id: int, submission_key: str) -> Job | None:
    """The job that this owner's form with this key made, or None."""
    query = select(Job).join(JobKey, JobKey.job_id == Job.id)
    return session.scalar(query.where(JobKey.owner_id == owner_id, JobKey.key == submission_key))


def take_in(session: Session, request: Request, active_limit: int) -> Job:
    """Inserts the job, with the key of its form.

    Raises TooManyActiveJobs, ConcurrencyConflict, AlreadySubmitted when the job of its form is no longer kept, and
    WrongArguments.
    """
    values = _columns(request)
    if request.submission_key and (used := session.get(JobKey, (request.owner, request.submission_key))):
        raise AlreadySubmitted(id=used.job_id)
    limit = request.handler.limit
    if limit is not None:
        limit.refuse_conflict(session, values["limit_key"])
    job = ledger.add(session, values, None if request.owner is None else active_limit)
    if job is None:
        names = ", ".join(queries.active_titles(session, request.owner))
        raise TooManyActiveJobs(limit=active_limit, names=names)
    if request.owner is not None and request.submission_key:
        key = JobKey(owner_id=request.owner, key=request.submission_key, job_id=values["id"], created_at=clock.now())
        session.add(key)
    return job


def _columns(request: Request) -> dict[str, Any]:
    handler, arguments = request.handler, json.loads(json.dumps(request.arguments))
    handler.check_arguments(arguments)
    at, (kind, subject_id) = clock.now(), request.subject
    return {
        "id": secrets.token_hex(8),
        "handler": handler.name,
        "queue": handler.queue,
        "arguments": arguments,
        "title": request.title[:300],
        "kind": kind,
        "subject_id": str(subject_id),
        "owner_id": request.owner,
        "state": State.SCHEDULED if request.delay > 0 else State.QUEUED,
        "limit_key": handler.limit.key_for(arguments) if handler.limit else None,
        "interrupt_when": request.interrupt_when and Trigger.read(request.interrupt_when).stored,
        "failures_by": {},
        "unit": handler.unit,
        "total": request.total,
        "run_at": at + request.delay,
        "delivered_at": None if request.delay > 0 else at,
        "created_at": at,
        "updated_at": at,
    }
