"""From a workbook to rows: ours beside the raw limit and the peers, on the very same file."""

from pathlib import Path

from ..figures import Figure
from .contest import Contestant, Run, typical
from .environment import peers
from .files import workbook

OURS = Contestant("ours", "ours")
RAW = Contestant("raw limit", "raw")
DJANGO, TUNED = "django-import-export, bulk", "django-import-export, bulk, tuned"
AT_LEAST = {"raw limit": 0.5, "pandas (openpyxl) + to_sql": 5, DJANGO: 20}
"""How many times as fast as each ours has to be."""
ROWS_A_SECOND = 40_000
SLOW = {"pandas (openpyxl) + to_sql", DJANGO, TUNED}
"""Those that run once, because they take so long."""


def measure(tiny: bool) -> list[Figure]:
    """Rows a second and memory, in rounds that alternate; the slow peers once."""
    count, rounds = (300, 1) if tiny else (100_000, 3)
    contestants = [OURS, RAW, *_peers()]
    found = _found(contestants, workbook(count), rounds)
    ours, beside = typical(found["ours"]), {name: typical(runs) for name, runs in found.items() if name != "ours"}
    return [
        _speed(count, ours, beside, tiny),
        Figure(f"the same file again, {count:,} rows unchanged", count / ours.told["again"], "rows/s"),
        Figure(
            f"memory to import {count:,} × 10, worker and reader", ours.megabytes, "MB",
            {name: run.megabytes for name, run in beside.items()},
        ),
        _lock(found["ours"], tiny),
    ]  # fmt: skip


def _peers() -> list[Contestant]:
    return [
        Contestant("pandas (calamine) + to_sql", "frames", ["calamine"], peers()),
        Contestant("pandas (openpyxl) + to_sql", "frames", ["openpyxl"], peers()),
        Contestant(DJANGO, "django_project", ["Bulk"], peers()),
        Contestant(TUNED, "django_project", ["Tuned"], peers()),
    ]


def _found(contestants: list[Contestant], file: Path, rounds: int) -> dict[str, list[Run]]:
    found: dict[str, list[Run]] = {contestant.name: [] for contestant in contestants}
    for number in range(rounds):
        for contestant in contestants:
            if number == 0 or contestant.name not in SLOW:
                times = [2] if contestant is OURS else []
                found[contestant.name].append(contestant.run(file, *times))
    return found


def _speed(count: int, ours: Run, beside: dict[str, Run], tiny: bool) -> Figure:
    rates = {name: run.rate for name, run in beside.items()}
    reached = ours.rate >= ROWS_A_SECOND and all(ours.rate >= times * rates[name] for name, times in AT_LEAST.items())
    return Figure(
        f"import {count:,} × 10 from .xlsx to rows", ours.rate, "rows/s", rates,
        f"≥ {ROWS_A_SECOND:,} rows/s; ≥ 0.5, 5, 20 × raw, pandas (openpyxl), django", None if tiny else reached,
        f"besides, the upload is looked into once: {ours.told['inspecting']:.1f} s",
    )  # fmt: skip


def _lock(runs: list[Run], tiny: bool) -> Figure:
    """DESIGN §4: a batch holds the lock of the database for 50 ms at most."""
    held = 1000 * typical(runs).told["held_p95"]
    note = f"longest of all {1000 * max(run.told['held'] for run in runs):.0f} ms"
    return Figure("lock of the database held by a batch", held, "ms (p95)", {}, "≤ 50 ms", _ok(held <= 50, tiny), note)


def _ok(reached: bool, tiny: bool) -> bool | None:
    return None if tiny else reached
