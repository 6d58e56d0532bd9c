"""How long an idle worker takes to start a new job, and what it costs that it waits."""

import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from statistics import median
from typing import Any

from .figures import Figure, p95
from .handlers import stamped, stamps
from .instances import instance
from .peers import NAMES, TUNED, peer
from .processes import cpu_share, until

OURS = "ours"


def measure(tiny: bool) -> list[Figure]:
    """Milliseconds from the call that enqueues to the first line of the handler, and the share of a core."""
    samples, idle = (3, 1.0) if tiny else (60, 10.0)
    delays, shares = {}, {}
    with instance() as here:
        enqueue = lambda path: here.enqueue(stamped, path=path)  # noqa: E731
        shares[OURS], delays[OURS] = _watched(here.folder, here.consumer, enqueue, samples, idle)
    for name in NAMES:
        with peer(name) as there:
            count = samples if name == TUNED else min(samples, 8)
            shares[name], delays[name] = _watched(there.folder, there.consumer, there.tasks().stamped, count, idle)
    beside = [{name: kind(delays[name]) for name in NAMES} for kind in (median, p95)]
    note = "Huey as it comes is asked every other second; after a minute of idleness it takes up to 10 s."
    reached = [None, None] if tiny else [p95(delays[OURS]) <= 50, shares[OURS] <= 1]
    return [
        Figure("enqueue to start, idle worker, p50", median(delays[OURS]), "ms", beside[0]),
        Figure("enqueue to start, idle worker, p95", p95(delays[OURS]), "ms", beside[1], "≤ 50 ms", reached[0], note),
        Figure(
            "processor time of the idle consumer with one worker", shares[OURS], "% of a core",
            {name: shares[name] for name in NAMES}, "≤ 1 %", reached[1],
        ),
    ]  # fmt: skip


def _watched(
    folder: Path,
    consumer: Callable[[], AbstractContextManager[Any]],
    enqueue: Callable[[str], object],
    samples: int,
    idle: float,
) -> tuple[float, list[float]]:
    path = str(folder / "stamps")
    with consumer() as process:
        enqueue(path)
        until("first job", lambda: stamps(path))
        time.sleep(1)
        share = cpu_share(process, idle)
        pause = 0.25 if samples > 10 or idle < 2 else 2.0
        return share, [_delay(path, enqueue, pause) for _ in range(samples)]


def _delay(path: str, enqueue: Callable[[str], object], pause: float) -> float:
    time.sleep(pause * random.uniform(0.7, 1.3))
    known, begun = len(stamps(path)), time.time()
    enqueue(path)
    until("start of the job", lambda: len(stamps(path)) > known)
    return 1000 * (stamps(path)[-1] - begun)
