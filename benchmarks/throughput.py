"""How many jobs a second are taken in, and how many that do nothing are done by one worker process."""

import time
from statistics import median

from sqlalchemy import func, select

from webapp.db import reading
from webapp.jobs import Job

from .figures import Figure
from .handlers import nothing, stamps
from .instances import instance
from .peers import DEFAULT, NAMES, TUNED, peer
from .processes import until

OURS = "ours"
Rates = tuple[float, float]
"""Enqueued, and done, a second."""


def measure(tiny: bool) -> list[Figure]:
    """The two rates, in rounds that alternate with the peers'."""
    count, rounds = (30, 1) if tiny else (1000, 3)
    found: dict[str, list[Rates]] = {name: [] for name in (OURS, *NAMES)}
    for _ in range(rounds):
        found[OURS].append(_ours(count))
        for name in NAMES:
            found[name].append(_peers(name, count))
    enqueued, done = ({name: median(rate[kind] for rate in found[name]) for name in found} for kind in (0, 1))
    return [
        _figure("jobs enqueued, each in a transaction of its own", enqueued),
        _figure(
            "jobs that do nothing, through the whole kernel, one worker process", done,
            "≥ 1,000/s", None if tiny else done[OURS] >= 1000,
        ),
    ]  # fmt: skip


def _figure(what: str, rates: dict[str, float], target: str = "", reached: bool | None = None) -> Figure:
    beside = {name: rates[name] for name in (DEFAULT, TUNED)}
    return Figure(what, rates[OURS], "jobs/s", beside, target, reached)


def _ours(count: int) -> Rates:
    with instance() as here:
        begun = time.perf_counter()
        for number in range(count):
            here.enqueue(nothing, owner=1 + number // 10)
        enqueued = count / (time.perf_counter() - begun)
        with here.consumer():
            until("end of the jobs", lambda: here.unfinished() == 0)
        with here.app.app_context(), reading() as session:
            first, last = session.execute(select(func.min(Job.started_at), func.max(Job.completed_at))).one()
        return enqueued, count / (last - first)


def _peers(name: str, count: int) -> Rates:
    with peer(name) as there:
        path, huey = str(there.folder / "stamps"), there.tasks()
        begun = time.perf_counter()
        huey.stamped(path)
        for _ in range(count - 2):
            huey.nothing()
        huey.stamped(path)
        enqueued = count / (time.perf_counter() - begun)
        with there.consumer():
            first, last = until("end of the tasks", lambda: len(stamps(path)) == 2 and stamps(path))
        return enqueued, count / (last - first)
