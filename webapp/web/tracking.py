"""The ids of active jobs that a browser session tracks (REQUIREMENTS A8). The ledger is the truth; no poll writes."""

from collections.abc import Collection

from flask import session

KEY = "active_job_ids"


def track(job_id: str) -> None:
    """Notes that this session started a job."""
    if job_id not in session.get(KEY, []):
        session[KEY] = [*session.get(KEY, []), job_id]


def keep_only(active_ids: Collection[str]) -> None:
    """On a page's load: drops what has ended meanwhile."""
    tracked = session.get(KEY, [])
    left = [job_id for job_id in tracked if job_id in active_ids]
    if left != tracked:
        session[KEY] = left
