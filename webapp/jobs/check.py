"""Checks a whole configuration, and starts nothing: every problem at once, each as a sentence."""

import inspect
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from string import Formatter
from typing import TYPE_CHECKING

from sqlalchemy import select
from sqlalchemy.orm import Session

from .engine import Pool
from .errors import JobError
from .models import Job, JobSchedule
from .registry import Handler, is_known
from .retries import Retry
from .schedules import Schedule, recurrence_of
from .settings import Settings
from .states import UNFINISHED

if TYPE_CHECKING:
    from .kernel import Kernel

WAL_RESET = (3, 7, 0), (3, 51, 2)
"""The versions of SQLite in which two connections that write at once may, rarely, damage a database in WAL mode.
https://www.sqlite.org/wal.html#walresetbug
"""
MISSED = {"skip", "run_once"}


@dataclass(frozen=True)
class Checkup:
    """What a check has found: problems that have to be solved, and what one should know."""

    problems: list[str]
    warnings: list[str]


def check(kernel: "Kernel", known: Iterable[Handler]) -> Checkup:
    """Looks at settings, pools, the handlers that are known, and schedules, those in the ledger too."""
    settings, taken = kernel.settings, frozenset(inspect.signature(kernel.enqueue).parameters)
    with kernel.reading() as session:
        problems = [
            *_of_settings(settings),
            *_of_pools(settings.pools),
            *(problem for handler in known for problem in _of_handler(handler, settings.pools, taken)),
            *_of_schedules(settings.schedules),
            *_of_rows(session),
        ]
        return Checkup(problems, [*_of_orphans(session, settings.pools), *warnings_of(sqlite3.sqlite_version_info)])


def _of_settings(settings: Settings) -> Iterator[str]:
    for name in ("active_limit", "lease_seconds", "status_seconds", "keep_days"):
        if getattr(settings, name) <= 0:
            yield f"The setting {name} must be more than 0, not {getattr(settings, name)}."
    if not settings.secret:
        yield "The setting secret is empty: anybody could write messages to the workers."


def _of_pools(pools: Iterable[Pool]) -> Iterator[str]:
    pools = list(pools)
    if not pools:
        yield "There is no pool: nothing would run."
    for name in _twice(pool.name for pool in pools):
        yield f"Two pools are called {name}."
    for queue in _twice(queue for pool in pools for queue in pool.queues):
        yield f"The queue {queue} is declared twice."
    for pool in pools:
        if pool.workers < 1:
            yield f"The pool {pool.name} has no workers."
        if not pool.queues:
            yield f"The pool {pool.name} serves no queue."


def _of_handler(handler: Handler, pools: Iterable[Pool], taken: frozenset[str]) -> Iterator[str]:
    if not any(handler.queue in pool.queues for pool in pools):
        yield f"The handler {handler.name} wants the queue {handler.queue}, which is not declared."
    parameters = inspect.signature(handler.function).parameters.values()
    if [parameter.kind for parameter in parameters if parameter.kind is not parameter.KEYWORD_ONLY] != [
        inspect.Parameter.POSITIONAL_OR_KEYWORD
    ]:
        yield f"The handler {handler.name} must take the attempt, then a *, then its arguments by name."
    for name in sorted(handler.parameters & taken):
        yield f"The handler {handler.name} calls an argument {name}, which `enqueue` needs for itself."
    yield from _of_limit(handler)
    yield from _of_policies(handler)


def _of_limit(handler: Handler) -> Iterator[str]:
    limit = handler.limit
    if limit is None:
        return
    if limit.to < 1:
        yield f"The limit of {handler.name} lets none run."
    try:
        named = [field for _, field, _, _ in Formatter().parse(limit.key) if field is not None]
    except ValueError as error:
        yield f"The limit key “{limit.key}” of {handler.name} cannot be read: {error}."
        return
    fields = {field.partition(".")[0].partition("[")[0] for field in named}
    if any(not name or name.isdigit() for name in fields):
        yield f"The limit key “{limit.key}” of {handler.name} names an argument by its place; say its name."
        return
    for name in sorted(fields - handler.parameters):
        yield f"The limit key “{limit.key}” of {handler.name} names {name}, which is not one of its arguments."


def _of_policies(handler: Handler) -> Iterator[str]:
    for place, policy in enumerate(handler.retry):
        name = policy.exception.__name__
        before = [*handler.discard, *(earlier.exception for earlier in handler.retry[:place])]
        if issubclass(policy.exception, tuple(before)):
            yield f"{handler.name} never comes to its retry for {name}: another rule covers it before."
        if policy.attempts < 1 or policy.jitter < 0 or not _has_sane_waits(policy):
            yield f"{handler.name} cannot retry after {name}: attempts must be 1 or more, waits and jitter 0 or more."


def _has_sane_waits(policy: Retry) -> bool:
    try:
        return all(policy.seconds(failures) >= 0 for failures in range(1, min(policy.attempts, 100)))
    except Exception:
        return False


def _of_schedules(schedules: Iterable[Schedule]) -> Iterator[str]:
    schedules = list(schedules)
    for name in _twice(schedule.name for schedule in schedules):
        yield f"Two schedules are called {name}."
    for schedule in schedules:
        if schedule.missed not in MISSED:
            yield f"The schedule {schedule.name} says missed={schedule.missed!r}: it is skip or run_once."
        try:
            schedule.check()
        except JobError as problem:
            yield f"The schedule {schedule.name}: {problem}"


def _of_rows(session: Session) -> Iterator[str]:
    """Schedules that were put into the ledger as data, and are switched on."""
    for row in session.scalars(select(JobSchedule).where(JobSchedule.enabled, JobSchedule.declared.is_(False))):
        if not is_known(row.handler):
            yield f"The schedule {row.name} wants the handler {row.handler}, which nobody knows."
        try:
            recurrence_of(row).check()
        except JobError as problem:
            yield f"The schedule {row.name}: {problem}"


def _of_orphans(session: Session, pools: Iterable[Pool]) -> Iterator[str]:
    served = [queue for pool in pools for queue in pool.queues]
    waiting = select(Job.queue).where(Job.state.in_(UNFINISHED), Job.queue.not_in(served)).distinct()
    for queue in session.scalars(waiting.order_by(Job.queue)):
        yield f"Jobs wait in the queue {queue}, which no pool serves."


def warnings_of(version: tuple[int, ...]) -> Iterator[str]:
    """What one should know of this version of SQLite."""
    first, last = WAL_RESET
    if first <= version <= last:
        said = ".".join(map(str, version))
        yield f"SQLite {said} may, rarely, damage a database that several processes write. Use 3.51.3 or newer."


def _twice(names: Iterable[str]) -> list[str]:
    return [name for name, times in Counter(names).items() if times > 1]
