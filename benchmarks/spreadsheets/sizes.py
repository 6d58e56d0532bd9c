"""Imports of growing length: what a row costs stays level, and so does the memory."""

from statistics import median

from ..figures import Figure
from .contest import Run, typical
from .files import workbook
from .imports import OURS

LEVEL = 0.15
"""By how much the rate of a long import may differ."""
MEGABYTES = 300


def measure(tiny: bool) -> list[Figure]:
    """10,000, 100,000 and 1,000,000 rows, in rounds that alternate."""
    counts, rounds = ((100, 200, 300), 1) if tiny else ((10_000, 100_000, 1_000_000), 3)
    runs: dict[int, list[Run]] = {count: [] for count in counts}
    for _ in range(rounds):
        for count in counts:
            runs[count].append(OURS.run(workbook(count)))
    middle = {count: typical(runs[count]) for count in counts}
    return [
        *_costs(*counts, {count: median(run.seconds for run in runs[count]) for count in counts}),
        *(figure for count in counts for figure in _figures(count, middle[count], tiny)),
        _rate(middle[counts[1]], middle[counts[2]], tiny),
    ]


def _costs(few: int, many: int, most: int, seconds: dict[int, float]) -> list[Figure]:
    """What each further row costs, and what is spent before: the reading process starts and opens the workbook."""
    early = 1e6 * (seconds[many] - seconds[few]) / (many - few)
    late = 1e6 * (seconds[most] - seconds[many]) / (most - many)
    beside, first = f"from {few:,} to {many:,}", seconds[few] - early * few / 1e6
    return [
        Figure(f"each further row, from {many:,} to {most:,} × 10", late, "µs", {beside: early} if early else {}),
        Figure("before the first row: process, workbook, template", 1000 * first, "ms"),
    ]


def _figures(count: int, run: Run, tiny: bool) -> list[Figure]:
    fits, lock = None if tiny else run.megabytes < MEGABYTES, f"lock held p95 {1000 * run.told['held_p95']:.0f} ms"
    return [
        Figure(f"import of {count:,} × 10", run.rate, "rows/s", note=lock),
        Figure(f"memory to import {count:,} × 10, worker and reader", run.megabytes, "MB", {}, "< 300 MB", fits),
    ]


def _rate(many: Run, most: Run, tiny: bool) -> Figure:
    """DESIGN §9: a million rows come at the rate of a hundred thousand."""
    same = None if tiny else abs(most.rate / many.rate - 1) <= LEVEL
    return Figure(
        f"{most.rows:,} × 10 as fast as {many.rows:,} × 10", most.rate / many.rate, "times", {}, "± 15 %", same
    )
