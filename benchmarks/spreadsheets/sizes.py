"""Imports of growing length: what a row costs stays level, and so does the memory."""

from statistics import median

from ..figures import Figure
from .contest import Run, typical
from .files import workbook
from .imports import OURS

LEVEL = 0.15
"""By how much the cost of a row may differ from that at 100,000 rows."""
MEGABYTES = 300


def measure(tiny: bool) -> list[Figure]:
    """10,000, 100,000 and 1,000,000 rows, in rounds that alternate."""
    counts, rounds = ((100, 200, 300), 1) if tiny else ((10_000, 100_000, 1_000_000), 3)
    runs: dict[int, list[Run]] = {count: [] for count in counts}
    for _ in range(rounds):
        for count in counts:
            runs[count].append(OURS.run(workbook(count)))
    level = 1e6 / median(run.rate for run in runs[counts[1]])
    return [figure for count in counts for figure in _figures(count, typical(runs[count]), level, tiny)]


def _figures(count: int, run: Run, level: float, tiny: bool) -> list[Figure]:
    cost = 1e6 / run.rate
    is_level = None if tiny else abs(cost / level - 1) <= LEVEL
    fits = None if tiny else run.megabytes < MEGABYTES
    beside = {"100,000 rows": level} if cost != level else {}
    longest = f"{run.rate:,.0f} rows/s; lock held p95 {1000 * run.told['held_p95']:.0f} ms"
    return [
        Figure(f"cost of a row, import of {count:,} × 10", cost, "µs", beside, "± 15 %", is_level, longest),
        Figure(f"memory to import {count:,} × 10, worker and reader", run.megabytes, "MB", {}, "< 300 MB", fits),
    ]
