"""What enqueues the jobs of schedules as they fall due. Every consumer does it: one row for each (schedule, time)
decides which of them made the job, and the row and the job are written in one transaction.
"""

import logging
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from . import clock
from .errors import JobError, StuckSchedules
from .models import JobOccurrence, JobSchedule
from .registry import handlers
from .schedules import enqueue, recurrence_of

if TYPE_CHECKING:
    from .kernel import Kernel

log = logging.getLogger("webapp.jobs")

ON_TIME = 60.0
"""Seconds by which a job may come late and still not count as missed."""
ROUND_EVERY = 1.0
REALIGN_EVERY = 60.0
AT_ONCE = 50
"""So many schedules are seen to in one round; the others have their turn in the next."""


class Scheduler:
    """The scheduler of one consumer."""

    def __init__(self, kernel: "Kernel"):
        self._kernel = kernel
        self._synced = False
        self._looked_at = self._aligned_at = float("-inf")

    def round(self) -> None:
        """Enqueues what has fallen due, at most once a second. The first round starts with what the code declares."""
        at = clock.now()
        if abs(at - self._looked_at) < ROUND_EVERY:
            return
        if not self._synced:
            self._kernel.schedules.sync()
            self._synced = True
        problems = [problem for name in self._names(at) if (problem := self._see_to(name, at))]
        if problems:
            raise StuckSchedules(problems=" ".join(problems))

    def _names(self, at: float) -> list[str]:
        """The schedules to be seen to: those that are due, and those that a clock gone back has left too late."""
        turned_back, self._looked_at = at < self._looked_at, at
        known = [handler.name for handler in handlers()]
        enabled = select(JobSchedule).where(JobSchedule.enabled, JobSchedule.handler.in_(known))
        due = enabled.where(JobSchedule.next_at <= at).order_by(JobSchedule.next_at).limit(AT_ONCE)
        with self._kernel.reading() as session:
            names = [schedule.name for schedule in session.scalars(due)]
            if turned_back or abs(at - self._aligned_at) >= REALIGN_EVERY:
                self._aligned_at = at
                names += [schedule.name for schedule in session.scalars(enabled) if _is_too_late(schedule, at)]
        return list(dict.fromkeys(names))

    def _see_to(self, name: str, at: float) -> str | None:
        """Sees to one schedule. Answers what is wrong with it: that must hold no other back."""
        try:
            with self._kernel.writing() as session:
                self._occur(session, name, at)
        except OperationalError:
            raise
        except IntegrityError:
            log.info("schedule %s: another scheduler was first", name)
        except Exception as error:
            return f"{name}: {error}"
        return None

    def _occur(self, session: Session, name: str, at: float) -> None:
        schedule = session.get(JobSchedule, name)
        if schedule is None or not schedule.enabled:
            return
        recurrence = recurrence_of(schedule)
        due = recurrence.last(schedule.next_at, at)
        schedule.next_at = recurrence.after(at)
        if due is not None and session.get(JobOccurrence, (name, due)) is None:
            schedule.last_at = due
            job_id, reason = self._made(session, schedule, late=at - due)
            session.add(JobOccurrence(schedule=name, due_at=due, job_id=job_id, reason=reason))

    def _made(self, session: Session, schedule: JobSchedule, late: float) -> tuple[str | None, str | None]:
        """The id of the job that is enqueued, or why there is none."""
        if late > ON_TIME and schedule.missed == "skip":
            return _refused(schedule, f"It was missed by {late / 60:,.0f} minutes, and is skipped.")
        try:
            return enqueue(self._kernel, session, schedule).id, None
        except JobError as problem:
            return _refused(schedule, problem.sentence)


def _is_too_late(schedule: JobSchedule, at: float) -> bool:
    try:
        return schedule.next_at > recurrence_of(schedule).after(at)
    except JobError:
        return True  # seeing to it will say what is wrong


def _refused(schedule: JobSchedule, reason: str) -> tuple[None, str]:
    log.warning("schedule %s made no job: %s", schedule.name, reason)
    return None, reason
