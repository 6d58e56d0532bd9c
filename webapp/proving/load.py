"""The load: jobs of every kind, one after another, as fast as they are done; and schedules that fall due soon."""

import random
import threading
from collections import deque
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from sqlalchemy.exc import OperationalError

from webapp.jobs import Handler, JobError, Schedule

from . import jobs
from .accepted import Accepted, Expected
from .store import Store

BACKLOG = 10
"""So many jobs wait or run at a time: more would only be waited for at the end."""
BREATH = 0.1
"""Seconds between two jobs, or two looks whether there is room for one."""
CANCELLED_AFTER = 6
"""So many looks later a job is cancelled that is to be: it may have begun by then."""
SCHEDULES = (
    Schedule("proof every second", jobs.tick, every=1, missed="run_once"),
    Schedule("proof every other second", jobs.tick, every=2, missed="skip"),
)


@dataclass(frozen=True)
class Order:
    """A job to be enqueued, what has to come of it, and whether it is to be cancelled on its way."""

    handler: Handler
    arguments: Mapping[str, Any]
    expected: Expected
    is_to_be_cancelled: bool = False


Kind = Callable[[random.Random], Order]


def iteration(chance: random.Random) -> Order:
    """Numbers."""
    items = chance.randint(20, 150)
    return Order(jobs.iterate, {"items": items}, Expected(effects=_numbers(items)))


def cancelled(chance: random.Random) -> Order:
    """Numbers, of which only the first are wanted."""
    items, ends = chance.randint(100, 200), frozenset({"cancelled", "completed"})
    return Order(jobs.iterate, {"items": items}, Expected(ends, effects=None), is_to_be_cancelled=True)


def pairs(chance: random.Random) -> Order:
    """Pairs."""
    groups, items = chance.randint(3, 9), chance.randint(3, 9)
    effects = frozenset(f"{group}.{item}" for group in range(groups) for item in range(items))
    return Order(jobs.nest, {"groups": groups, "items": items}, Expected(effects=effects))


def steps(chance: random.Random) -> Order:
    """Steps."""
    items = chance.randint(10, 60)
    effects = {f"{step} {item}" for step in ("load", "count") for item in range(items)}
    return Order(jobs.take_steps, {"items": items}, Expected(effects=frozenset(effects | {"bill"})))


def berth(chance: random.Random) -> Order:
    """Numbers, at a berth where others want to lie."""
    items = chance.randint(10, 60)
    return Order(jobs.lie_at_berth, {"berth": chance.randint(1, 2), "items": items}, Expected(effects=_numbers(items)))


def stumbling(chance: random.Random) -> Order:
    """Numbers, with errors on the way and items that fail."""
    items, times = chance.randint(40, 120), chance.randint(1, 3)
    bad = sum(map(jobs.is_bad, range(items)))
    expected = Expected(effects=_numbers(items), failures=times, failed_items=bad)
    return Order(jobs.stumble, {"items": items, "times": times}, expected)


def hopeless(chance: random.Random) -> Order:
    """Numbers, and then an error that no retry can help."""
    items = chance.randint(10, 60)
    expected = Expected(frozenset({"discarded"}), effects=_numbers(items), failures=1)
    return Order(jobs.give_up, {"items": items}, expected)


KINDS: tuple[Kind, ...] = (iteration, steps, berth, pairs, stumbling, berth, hopeless, cancelled)


class Load:
    """Enqueues jobs of all kinds in turn until told to stop; the amounts follow from the seed."""

    def __init__(self, store: Store, accepted: Accepted, seed: int):
        self._store, self._accepted = store, accepted
        self._chance = random.Random(f"load {seed}")
        self._to_cancel: deque[tuple[int, str]] = deque()
        self._looks = 0

    def run(self, stopping: threading.Event) -> None:
        """Goes on until `stopping` is set; the schedules until the load is stilled."""
        self._declare_schedules()
        turn = 0
        while not stopping.wait(BREATH):
            try:
                turn += self._go_on(KINDS[turn % len(KINDS)])
            except OperationalError:
                continue  # a busy database has accepted nothing

    def still(self) -> None:
        """No schedule falls due any more."""
        for schedule in SCHEDULES:
            self._store.kernel.schedules.disable(schedule.name)

    def _declare_schedules(self) -> None:
        with self._store.writing() as session:
            for schedule in SCHEDULES:
                self._store.kernel.schedules.put(session, schedule)

    def _go_on(self, kind: Kind) -> bool:
        """Enqueues one more, if there is room; answers whether there was."""
        self._cancel()
        if self._store.unfinished("proving.%") >= BACKLOG:
            return False
        self._enqueue(kind(self._chance))
        return True

    def _cancel(self) -> None:
        self._looks += 1
        if not self._to_cancel or self._to_cancel[0][0] > self._looks:
            return
        with suppress(JobError):  # it may have ended before
            self._store.kernel.cancel(self._to_cancel[0][1])
        self._to_cancel.popleft()

    def _enqueue(self, order: Order) -> None:
        kernel, title = self._store.kernel, order.handler.name
        with self._store.writing() as session:
            job = kernel.enqueue(
                session, order.handler, owner=None, subject=("proof", "-"), title=title, **order.arguments
            )
        self._accepted.note(job.id, order.expected)
        if order.is_to_be_cancelled:
            self._to_cancel.append((self._looks + CANCELLED_AFTER, job.id))


def _numbers(items: int) -> frozenset[str]:
    return frozenset(map(str, range(items)))
