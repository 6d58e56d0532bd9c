"""Schedules for tests, and what came of them."""

from webapp.jobs import Attempt, Job, Kernel, Schedule, job, jobs_of
from webapp.jobs.models import JobSchedule

from .conftest import scripted

NOON = 1_780_000_000.0 - 1_780_000_000 % 86_400 + 43_200
HOUR, DAY = 3600, 86_400

HOURLY = Schedule("Hourly", scripted, every=HOUR)


@job("tests.greets")
def greets(job: Attempt, *, whom: str) -> None:
    """Takes an argument."""


def put_schedule(kernel: Kernel, schedule: Schedule) -> JobSchedule:
    """Adds a schedule as data."""
    with kernel.writing() as session:
        return kernel.schedules.put(session, schedule)


def jobs(kernel: Kernel) -> list[Job]:
    """All jobs, oldest first."""
    with kernel.reading() as session:
        return list(session.scalars(jobs_of()))[::-1]


def occurrences(kernel: Kernel, name: str = "Hourly") -> list[tuple[float, str | None]]:
    """The times at which a schedule fell due and the ids of the jobs that they made, oldest first."""
    with kernel.reading() as session:
        return [(row.due_at, row.job_id) for row in kernel.schedules.occurrences(session, name, limit=10_000)][::-1]


def schedule_of(kernel: Kernel, name: str = "Hourly") -> JobSchedule | None:
    """How a schedule stands."""
    with kernel.reading() as session:
        return session.get(JobSchedule, name)
