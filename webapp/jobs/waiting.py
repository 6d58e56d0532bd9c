"""Why is it waiting? One sentence for every pending job."""

from sqlalchemy.orm import Session

from . import clock, queries
from .models import Job, JobQueue
from .registry import find_handler, is_known
from .states import State


def explain(session: Session, job: Job) -> str | None:
    """Why this job does not run now, in one sentence; None if it is not waiting."""
    if job.state == State.SCHEDULED:
        return _for_its_time(job)
    if job.state == State.PAUSED:
        return "It is paused until someone resumes it."
    if job.state == State.BLOCKED:
        return _for_its_slot(session, job)
    if job.state != State.QUEUED:
        return None
    paused = session.get(JobQueue, job.queue)
    if paused is not None:
        return f"The queue “{job.queue}” is paused{f': {paused.reason}' if paused.reason else ''}."
    if not queries.workers_alive(session, clock.now()):
        return "No worker is running. It starts as soon as one does."
    return _in_line(queries.ahead_of(session, job))


def _for_its_slot(session: Session, job: Job) -> str:
    blocker = queries.find(session, job.blocked_by or "")
    return f"It waits for “{blocker.title}” (job {blocker.id}) to end." if blocker else "It waits for another to end."


def _for_its_time(job: Job) -> str:
    left = _in_words(job.run_at - clock.now())
    if not is_known(job.handler):
        return f"No worker here knows how to run it ({job.handler}). It waits for one that does."
    if job.failures:
        return f"Attempt {job.failures + 1} of {find_handler(job.handler).attempts} in {left}."
    return f"It starts in {left}."


def _in_line(ahead: int) -> str:
    if ahead == 0:
        return "It is next: it starts as soon as a worker is free."
    return "1 job is ahead of it." if ahead == 1 else f"{ahead:,} jobs are ahead of it."


def _in_words(seconds: float) -> str:
    """Exact while it is soon, then in minutes and in hours: a page that shows it need not change each second."""
    whole = max(0, round(seconds))
    if whole < 120:
        return f"{whole} s"
    return f"{whole // 60} min" if whole < 7200 else f"{whole // 3600} h"
