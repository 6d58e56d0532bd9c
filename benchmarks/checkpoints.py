"""What a checkpoint with its fence costs, by the size of the batch: beside the same loop without it."""

import json
import time
from collections.abc import Callable, Iterator
from datetime import datetime
from statistics import median

from sqlalchemy import text
from sqlalchemy.orm import Session

from webapp.db import writing
from webapp.jobs import Attempt

from . import handlers
from .figures import Figure
from .instances import Instance, instance

SIZES = (1, 10, 100, 500, 1000)
PUT = text("INSERT INTO effects (key, data) VALUES (:key, :data) ON CONFLICT (key) DO UPDATE SET data = excluded.data")
Row = dict[str, object]


def measure(tiny: bool) -> list[Figure]:
    """Percent of time on top, for rows as an import has them, and for rows that cost nothing to make."""
    with instance() as here, here.app.app_context():
        with writing() as session:
            session.execute(text("CREATE TABLE effects (key TEXT PRIMARY KEY, data TEXT)"))
        return [
            _figure(here, tiny, size, kind, make)
            for kind, make in (("rows of an import", imported), ("rows that cost nothing", bare))
            for size in ((1, 100) if tiny else SIZES)
        ]


def _figure(here: Instance, tiny: bool, size: int, kind: str, make: Callable[[int], Row]) -> Figure:
    count, rounds = (2 * size, 1) if tiny else (min(40_000, max(300, 150 * size)), 5)
    pairs = [(_plain(size, count, make), _with_checkpoints(here, size, count, make)) for _ in range(rounds)]
    percent = median(100 * (with_it - without) / without for without, with_it in pairs)
    judged = kind == "rows of an import" and size >= 100
    note = f"{count / median(pair[1] for pair in pairs):,.0f} rows/s with it"
    return Figure(
        f"checkpoint and fence, batches of {size:,} {kind}", percent, "% on top",
        target="≤ 5 %" if judged else "", reached=percent <= 5 if judged and not tiny else None, note=note,
    )  # fmt: skip


def _plain(size: int, count: int, make: Callable[[int], Row]) -> float:
    begun = time.perf_counter()
    for batch in _batches(size, count):
        with writing() as session:
            _put(session, batch, make)
    return time.perf_counter() - begun


def _with_checkpoints(here: Instance, size: int, count: int, make: Callable[[int], Row]) -> float:
    taken: list[float] = []

    def work(job: Attempt) -> None:
        begun = time.perf_counter()
        for batch in _batches(size, count):
            with job.batch(batch.stop, processed=batch.stop, total=count) as session:
                _put(session, batch, make)
        taken.append(time.perf_counter() - begun)

    handlers.work[:] = [work]
    here.kernel.run(here.enqueue(handlers.worked).id)
    return taken[0]


def _batches(size: int, count: int) -> Iterator[range]:
    return (range(start, min(start + size, count)) for start in range(0, count, size))


def _put(session: Session, batch: range, make: Callable[[int], Row]) -> None:
    session.execute(PUT, [make(number) for number in batch])


def imported(number: int) -> Row:
    """A row of ten cells: read as text, checked and converted as an import does."""
    cells = [f" Person {number} ", "2026-03-14", "7.50", str(number), "yes", "Hamburg", "12.000", "note", "", "x"]
    name, day, hours, count, paid, *others = (cell.strip() for cell in cells)
    values = {"name": name, "day": datetime.strptime(day, "%Y-%m-%d").date().isoformat(), "hours": float(hours)}
    values |= {"count": int(count), "paid": paid == "yes"}
    values |= {f"column_{place}": other or None for place, other in enumerate(others)}
    return {"key": f"{number}", "data": json.dumps(values)}


def bare(number: int) -> Row:
    """A row that is there already."""
    return {"key": f"{number}", "data": "x"}
