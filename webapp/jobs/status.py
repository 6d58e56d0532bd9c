"""The picture of a job that pages show (REQUIREMENTS B4): made from the ledger, kept in the cache in front of it."""

import contextvars
import secrets
import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Protocol

from .complaints import Complaints
from .errors import UnknownHandler
from .models import Job
from .outages import reason_of
from .registry import find_handler
from .states import ACTIVE, STATUS, UNFINISHED, WORDS, State

Picture = dict[str, Any]

MOMENT = 0.1
"""Seconds for which a picture may wait, to go up together with others."""
RATE_AFTER = 1.0
"""Seconds that an attempt must have run before its rate means anything."""
TIME_LEFT_AFTER = 3.0
"""Seconds that an attempt must have run before what is left can be told."""


class Cache(Protocol):
    """What the kernel asks of a cache; Flask-Caching has it."""

    def get(self, key: str) -> Any:
        """The value, or None."""

    def get_many(self, *keys: str) -> Sequence[Any]:
        """The values, in the order of their keys; None for those that are not there. Only pages ask for many."""

    def set_many(self, mapping: dict[str, Any], timeout: int | None = None) -> Any:
        """Keeps values by their keys for so many seconds."""


class StatusBoard:
    """The cached pictures of jobs, and a mark for each owner that changes whenever one of their pictures does."""

    def __init__(self, cache: Cache, seconds: int, complaints: Complaints):
        self._cache, self._seconds, self._complaints = cache, seconds, complaints
        self._waiting: dict[str, Job] = {}
        self._timer: threading.Timer | None = None
        self._lock = threading.Lock()

    def publish(self, *jobs: Job) -> None:
        """Puts the pictures of jobs up, those that wait for it too, and changes the marks of their owners.

        Should that fail, housekeeping does it: no job stops for want of a cache.
        """
        with self._lock:
            newest, self._waiting = self._waiting | {job.id: job for job in jobs}, {}
            shown: dict[str, Any] = {}
            for job in newest.values():
                shown[key_of(job.kind, job.subject_id, job.id)] = picture(job)
                if job.owner_id is not None:
                    shown[mark_of(job.owner_id)] = f"{job.id}.{job.revision}"
            try:
                self._cache.set_many(shown, timeout=self._seconds)
            except Exception as error:
                self._complaints.tell("status", "jobs not shown yet: %s", reason_of(error))

    def publish_soon(self, *jobs: Job) -> None:
        """The same in a moment: what is over by then was never seen to begin, and costs one picture, not two."""
        with self._lock:
            self._waiting |= {job.id: job for job in jobs}
            if self._timer is None:
                # The cache may need what surrounds the worker, such as Flask's application context.
                self._timer = threading.Timer(MOMENT, contextvars.copy_context().run, [self._publish_now])
                self._timer.daemon = True
                self._timer.start()

    def _publish_now(self) -> None:
        self._timer = None
        self.publish()

    def catch_up(self, job: Job) -> None:
        """Publishes the job if its cached picture is missing or older than it."""
        shown = self.read(job.kind, job.subject_id, job.id)
        if shown is None or shown["revision"] < job.revision:
            self.publish(job)

    def read(self, kind: str, subject_id: str, job_id: str) -> Picture | None:
        """The cached picture, or None: then ask the ledger."""
        found: Picture | None = self._cache.get(key_of(kind, subject_id, job_id))
        return found

    def marks(self, owner_ids: Sequence[int]) -> list[str]:
        """The owners' marks: equal marks mean that no picture changed in between."""
        keys = [mark_of(owner_id) for owner_id in owner_ids]
        return [found or self._marked(key) for key, found in zip(keys, self._cache.get_many(*keys), strict=True)]

    def _marked(self, key: str) -> str:
        mark = secrets.token_hex(8)
        self._cache.set_many({key: mark}, timeout=self._seconds)
        return mark


def key_of(kind: str, subject_id: str, job_id: str) -> str:
    """The name of a picture in the cache."""
    return f"job_status:{kind}:{subject_id}:{job_id}"


def mark_of(owner_id: int) -> str:
    """The name of an owner's mark in the cache."""
    return f"jobs_mark:{owner_id}"


def picture(job: Job) -> Picture:
    """What people may know of a job, as JSON values. Moments are ISO 8601 in UTC."""
    state = State(job.state)
    return {
        "id": job.id,
        "kind": job.kind,
        "subject_id": job.subject_id,
        "owner_id": job.owner_id,
        "title": job.title,
        "status": STATUS[state],
        "state": state.value,
        "words": WORDS[state],
        "message": job.message,
        "processed": job.processed,
        "total": job.total,
        "unit": job.unit,
        "failed_items": job.failed_items,
        "progress": percentage(job),
        "rate": rate(job),
        "seconds_left": seconds_left(job),
        "result": job.result,
        "outcome": job.outcome,
        "error_message": job.error_message,
        "attempt": job.failures + 1 if state in UNFINISHED or not job.failures else job.failures,
        "attempts_allowed": _attempts_allowed(job),
        "interruptions": job.interruptions,
        "run_at": _iso(job.run_at),
        "created_at": _iso(job.created_at),
        "started_at": _iso(job.started_at),
        "updated_at": _iso(job.updated_at),
        "completed_at": _iso(job.completed_at),
        "is_active": state in ACTIVE,
        "can_cancel": state in UNFINISHED and state is not State.CANCELLING,
        "revision": job.revision,
    }


def percentage(job: Job) -> int | None:
    """Whole percents done; 100 only when completed, None while the total is unknown."""
    if job.state == State.COMPLETED:
        return 100
    if not job.total:
        return None
    return min(99, 100 * job.processed // job.total)


def rate(job: Job) -> float | None:
    """Units a second of the running (or last) attempt, None before it means anything."""
    if job.resumed_at is None:
        return None
    seconds, done = job.updated_at - job.resumed_at, job.processed - job.resumed_from
    return round(done / seconds, 1) if seconds >= RATE_AFTER and done > 0 else None


def seconds_left(job: Job) -> int | None:
    """About how long a running job still takes, in whole seconds; None when it cannot be told."""
    speed = rate(job)
    if job.state != State.RUNNING or not speed or not job.total or job.resumed_at is None:
        return None
    if job.updated_at - job.resumed_at < TIME_LEFT_AFTER:
        return None
    return max(1, round((job.total - job.processed) / speed))


def _attempts_allowed(job: Job) -> int:
    try:
        return find_handler(job.handler).attempts
    except UnknownHandler:
        return 1


def _iso(moment: float | None) -> str | None:
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds")
