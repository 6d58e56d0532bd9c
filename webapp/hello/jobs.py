"""The smoke-test job (REQUIREMENTS A1): it only logs, so whatever goes wrong with it is wrong with the installation."""

import logging

from sqlalchemy.orm import Session

from webapp.extensions import kernel
from webapp.jobs import Attempt, Job, job

log = logging.getLogger("webapp.hello")


@job("hello_world")
def hello_world(job: Attempt) -> dict[str, str]:
    """Logs a greeting."""
    log.info("Hello, world, from job %s", job.id)
    return {"outcome": "Hello, world. A worker took this job, ran it, and told you so."}


def say_hello(session: Session, owner_id: int | None, submission_key: str | None = None) -> Job:
    """Enqueues the smoke test. Raises TooManyActiveJobs."""
    return kernel.enqueue(
        session,
        hello_world,
        owner=owner_id,
        subject=("hello_world", "-"),
        title="Test job",
        submission_key=submission_key,
    )
