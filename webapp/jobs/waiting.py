"""Why is it waiting? One sentence for every pending job."""

from sqlalchemy.orm import Session

from . import clock, queries
from .models import Job
from .registry import find_handler
from .states import State


def explain(session: Session, job: Job) -> str | None:
    """Why this job does not run now, in one sentence; None if it is not waiting."""
    if job.state == State.SCHEDULED:
        return _for_its_time(job)
    if job.state == State.PAUSED:
        return "It is paused until someone resumes it."
    if job.state != State.QUEUED:
        return None
    if not queries.workers_alive(session, clock.now()):
        return "No worker is running. It starts as soon as one does."
    return _in_line(queries.ahead_of(session, job))


def _for_its_time(job: Job) -> str:
    seconds = max(0, round(job.run_at - clock.now()))
    if job.failures:
        return f"Attempt {job.failures + 1} of {find_handler(job.handler).attempts} in {seconds} s."
    return f"It starts in {seconds} s."


def _in_line(ahead: int) -> str:
    if ahead == 0:
        return "It is next: it starts as soon as a worker is free."
    return "1 job is ahead of it." if ahead == 1 else f"{ahead:,} jobs are ahead of it."
