"""From rows to a file: ours, from the database, beside the peers, from memory."""

from ..figures import Figure
from ..instances import Instance, instance
from .contest import Contestant, Run, typical
from .datasets import stock
from .environment import peers

OURS = Contestant("ours", "exporting")
ROWS_A_SECOND, MEGABYTES = 60_000, 150
OPENPYXL = "openpyxl, write-only"


def measure(tiny: bool) -> list[Figure]:
    """Rows a second of .xlsx beside the peers, in rounds that alternate; the other formats; what a large one takes."""
    count, large, rounds = (200, 400, 1) if tiny else (100_000, 1_000_000, 3)
    with instance() as here:
        with here.app.app_context():
            small, big = stock("Small", count), stock("Large", large)
        ours, beside = _contest(here, small, count, rounds)
        return [
            *_beside_peers(count, ours, beside, tiny),
            *(_other(here, small, kind, count, rounds) for kind in ("csv", "jsonl")),
            _large(OURS.run(here.folder, big, "xlsx"), large, tiny),
        ]


def _contest(here: Instance, dataset_id: int, count: int, rounds: int) -> tuple[Run, dict[str, Run]]:
    ours, theirs = list[Run](), {contestant: list[Run]() for contestant in _peers()}
    for _ in range(rounds):
        ours.append(OURS.run(here.folder, dataset_id, "xlsx"))
        for contestant, runs in theirs.items():
            runs.append(contestant.run(count))
    return typical(ours), {contestant.name: typical(runs) for contestant, runs in theirs.items()}


def _peers() -> list[Contestant]:
    return [
        Contestant(OPENPYXL, "writers", ("openpyxl",), peers()),
        Contestant("XlsxWriter, constant_memory", "writers", ("xlsxwriter",), peers()),
        Contestant("pandas to_excel", "writers", ("pandas",), peers()),
    ]


def _beside_peers(count: int, ours: Run, beside: dict[str, Run], tiny: bool) -> list[Figure]:
    what, rates = f"export {count:,} × 10 to .xlsx", {name: run.rate for name, run in beside.items()}
    reached = None if tiny else ours.rate >= ROWS_A_SECOND and ours.rate >= 4 * rates[OPENPYXL]
    megabytes = {name: run.megabytes for name, run in beside.items()}
    return [
        Figure(what, ours.rate, "rows/s", rates, "≥ 60,000 rows/s and ≥ 4 × openpyxl", reached, _size(ours)),
        Figure(f"memory to {what}", ours.megabytes, "MB", megabytes),
    ]


def _other(here: Instance, dataset_id: int, kind: str, count: int, rounds: int) -> Figure:
    run = typical([OURS.run(here.folder, dataset_id, kind) for _ in range(rounds)])
    return Figure(f"export {count:,} × 10 to .{kind}", run.rate, "rows/s", note=_size(run))


def _large(run: Run, count: int, tiny: bool) -> Figure:
    reached = None if tiny else run.megabytes < MEGABYTES
    note = f"{run.rate:,.0f} rows/s, {_size(run)}"
    return Figure(f"memory to export {count:,} × 10 to .xlsx", run.megabytes, "MB", {}, "< 150 MB", reached, note)


def _size(run: Run) -> str:
    return f"{run.told['bytes'] / 1e6:.1f} MB"
