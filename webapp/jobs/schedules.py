"""Schedules: recurring rules, declared in code or put in as data; switched on and off, and run out of turn."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import Session

from . import clock
from .errors import JobError, ScheduleNotFound
from .locks import lock
from .models import Job, JobOccurrence, JobSchedule
from .recurrence import Recurrence
from .registry import Handler, find_handler

if TYPE_CHECKING:
    from .kernel import Kernel

log = logging.getLogger("webapp.jobs")


@dataclass(frozen=True)
class Schedule:
    """Runs `handler` (or the one of that name) with `arguments`, `every` so many seconds or by a `cron` rule in `zone`.

    The seconds count from the epoch: `every=3600` is at each full hour. `missed` says what comes of a time at which
    nothing could run: `skip` waits for the next, `run_once` makes up for all that were missed with one run.
    The jobs have this `title` (the name, unless said), `subject` (("schedule", name), unless said) and `owner`.
    """

    name: str
    handler: Handler | str
    every: int | None = None
    cron: str | None = None
    zone: str = "UTC"
    missed: Literal["skip", "run_once"] = "skip"
    arguments: Mapping[str, Any] = field(default_factory=dict)
    title: str | None = None
    subject: tuple[str, object] | None = None
    owner: int | None = None

    @property
    def handler_name(self) -> str:
        """The name of its handler."""
        return self.handler if isinstance(self.handler, str) else self.handler.name

    @property
    def recurrence(self) -> Recurrence:
        """When it falls due. One that says both `every` and `cron`, or neither, has a rule that is unusable."""
        said = ("every", self.every), ("cron", self.cron)
        return Recurrence(" ".join(f"{kind} {value}" for kind, value in said if value is not None), self.zone)

    def check(self) -> None:
        """Raises UnusableRule, UnknownZone, UnknownHandler or WrongArguments."""
        self.recurrence.check()
        find_handler(self.handler_name).check_arguments(self.arguments)


class Schedules:
    """The schedules of a kernel."""

    def __init__(self, kernel: "Kernel"):
        self._kernel = kernel

    def all(self, session: Session) -> Sequence[JobSchedule]:
        """All of them, by name."""
        return session.scalars(select(JobSchedule).order_by(JobSchedule.name)).all()

    def put(self, session: Session, schedule: Schedule) -> JobSchedule:
        """Adds a schedule as data, or changes the one of this name, in the caller's own transaction.

        Whether one that is known is switched on stays as it is. Raises what `Schedule.check` does.
        """
        schedule.check()
        return _put(session, schedule, declared=False)

    def remove(self, session: Session, name: str) -> None:
        """Forgets a schedule; its jobs stay. Raises ScheduleNotFound."""
        session.delete(_get(session, name))

    def enable(self, name: str) -> JobSchedule:
        """Switches a schedule on: it falls due next at its first time from now on. Raises ScheduleNotFound."""
        with self._kernel.writing() as session:
            found = _get(session, name)
            if not found.enabled:
                found.next_at = recurrence_of(found).after(clock.now())
                found.enabled = True
                log.info("schedule %s enabled", name)
        return found

    def disable(self, name: str) -> JobSchedule:
        """Switches a schedule off; jobs that it made go on. Raises ScheduleNotFound."""
        with self._kernel.writing() as session:
            found = _get(session, name)
            found.enabled = False
        log.info("schedule %s disabled", name)
        return found

    def run_now(self, name: str) -> Job:
        """Enqueues the schedule's job out of turn, switched on or not. Raises ScheduleNotFound and what `enqueue` does.

        Its next regular time stays.
        """
        with self._kernel.writing() as session:
            return enqueue(self._kernel, session, _get(session, name))

    def occurrences(self, session: Session, name: str, limit: int = 20) -> Sequence[JobOccurrence]:
        """The latest times at which a schedule fell due, the latest first."""
        query = select(JobOccurrence).where(JobOccurrence.schedule == name)
        return session.scalars(query.order_by(JobOccurrence.due_at.desc()).limit(limit)).all()

    def sync(self) -> None:
        """Brings the schedules that the settings declare into the ledger, and switches off those declared no more.

        One that cannot be used is logged and left out. One that somebody switched off stays off.
        """
        declared = {schedule.name: schedule for schedule in self._kernel.settings.schedules}
        with self._kernel.writing() as session:
            lock(session, "schedules")
            for schedule in declared.values():
                _take_over(session, schedule)
            for found in session.scalars(select(JobSchedule).where(JobSchedule.declared)):
                if found.name not in declared:
                    found.enabled = found.declared = False
                    log.info("schedule %s is declared no more and disabled", found.name)


def enqueue(kernel: "Kernel", session: Session, schedule: JobSchedule) -> Job:
    """Adds a job of this schedule, in the caller's own transaction. Raises what `Kernel.enqueue` does."""
    return kernel.enqueue(
        session,
        find_handler(schedule.handler),
        owner=schedule.owner_id,
        subject=(schedule.kind, schedule.subject_id),
        title=schedule.title,
        **schedule.arguments,
    )


def recurrence_of(schedule: JobSchedule) -> Recurrence:
    """When this schedule falls due."""
    return Recurrence(schedule.rule, schedule.zone)


def _take_over(session: Session, schedule: Schedule) -> None:
    try:
        schedule.check()
    except JobError as problem:
        log.error("schedule %s is left out: %s", schedule.name, problem)
        return
    _put(session, schedule, declared=True)


def _put(session: Session, schedule: Schedule, *, declared: bool) -> JobSchedule:
    recurrence = schedule.recurrence
    found = session.get(JobSchedule, schedule.name)
    if found is None:
        found = JobSchedule(name=schedule.name, enabled=True, declared=declared)
        session.add(found)
    elif declared and not found.declared:
        found.enabled = True  # it had been declared no more, and is declared again
    if (found.rule, found.zone) != (recurrence.rule, recurrence.zone):
        found.rule, found.zone = recurrence.rule, recurrence.zone
        found.next_at = recurrence.after(clock.now())
    found.handler, found.arguments = schedule.handler_name, dict(schedule.arguments)
    found.missed, found.declared = schedule.missed, declared
    found.title = (schedule.title or schedule.name)[:300]
    found.kind, found.subject_id = (str(part) for part in schedule.subject or ("schedule", schedule.name))
    found.owner_id = schedule.owner
    return found


def _get(session: Session, name: str) -> JobSchedule:
    found = session.get(JobSchedule, name)
    if found is None:
        raise ScheduleNotFound(name=name)
    return found
