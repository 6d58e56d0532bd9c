"""Seeding as a job, and the jobs that a seed leaves under way."""

import time
from contextlib import suppress
from typing import Any

from webapp.commerce.jobs import start_processing, start_reports
from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import AlreadyFinished, Attempt, Job, State, Step, job

from .seeds import PARTS, SIZES

SECONDS_EACH = 0.002
"""So long a job that is left under way waits for each order when it goes on: so that this can be watched."""
PAUSED_WITHIN = 10.0
"""Seconds within which a job pauses that is asked to."""


@job("seeding.sow", queue="seeding")
def sow(job: Attempt, *, size: str, seed: int, organization_id: int) -> dict[str, Any]:
    """Sows part by part; what was sown before an interruption is not sown again."""
    for name in PARTS:

        @job.step(name)
        def part(step: Step) -> None:
            with step.batch(message=f"Adding {step.name}") as session:
                PARTS[step.name](session, organization_id, SIZES[size], seed)

    return {"outcome": f"The {size} seed {seed} is sown."}


def leave_midway(organization_id: int, owner_id: int | None, after: int) -> list[Job]:
    """Starts a job of each style, which are interrupted after so many orders, and paused there: they stay so until
    somebody resumes them. Answers those that are left.
    """
    wishes: dict[str, Any] = {"delay": SECONDS_EACH, "interrupt_when": {"after_items": after}}
    with writing() as session:
        started = [
            start_processing(session, organization_id, owner_id, style="iteration", **wishes),
            start_reports(session, organization_id, owner_id, style="steps", **wishes),
        ]
    return [left for job in started if (left := _interrupted(job))]


def _interrupted(job: Job) -> Job | None:
    """The job, run by this process to its interruption, or by a worker that was faster. None if it has ended."""
    kernel.run(job.id)
    with suppress(AlreadyFinished):
        kernel.pause(job.id, by="the seed")
        return _paused(job.id)
    return None


def _paused(job_id: str) -> Job | None:
    deadline = time.monotonic() + PAUSED_WITHIN
    while (job := kernel.find(job_id)) and job.state == State.PAUSING and time.monotonic() < deadline:
        time.sleep(0.1)
    return job
