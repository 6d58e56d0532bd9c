"""The figures of exports, beside openpyxl's write-only mode in the same run and the rows of DESIGN §9.

    bin/bench exports [--quick] [--json]

A dataset of ten columns is exported by the job's own service, from the database to the whole file. `--quick` only shows
that everything starts: its figures mean nothing.
"""

import argparse
import json
import resource
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import openpyxl
from sqlalchemy import insert

from webapp.accounts.models import Organization
from webapp.app import create_app
from webapp.datasets import service as datasets
from webapp.datasets.models import Dataset, DatasetRow
from webapp.db import reading, writing
from webapp.exports.asking import Asked
from webapp.exports.service import write

from .figures import Figure, load, middle, table
from .instances import Instance, instance
from .processes import PROJECT

COLUMNS = (
    ("code", "text"), ("person", "text"), ("day", "date"), ("begun", "datetime"), ("number", "integer"),
    ("hours", "decimal"), ("amount", "decimal"), ("billable", "boolean"), ("place", "text"), ("note", "text"),
)  # fmt: skip
NOW = datetime(2026, 11, 23, tzinfo=UTC)
AT_A_TIME = 10_000
OPENPYXL = "openpyxl, write-only"


def measure(tiny: bool) -> list[Figure]:
    """Rows a second for each kind of file, and the memory that a large one takes."""
    count, large, rounds = (200, 400, 1) if tiny else (100_000, 1_000_000, 3)
    with instance() as here, here.app.app_context():
        small = stock(here, "Small", count)
        peer = middle(lambda: _rate(count, lambda: _openpyxl(count, here.folder / "peer.xlsx")), rounds)
        figures = [_speed(here, small, kind, count, rounds, peer, tiny) for kind in ("xlsx", "csv", "jsonl")]
        stock(here, "Large", large)
        return [*figures, _memory(here, large, tiny)]


def stock(here: Instance, name: str, count: int) -> int:
    """A dataset of so many rows; answers its id."""
    with writing() as session:
        organization = Organization(name=f"The house of {name}", created_at=NOW)
        session.add(organization)
        session.flush()
        columns = [datasets.NewColumn(field, field.title(), type_) for field, type_ in COLUMNS]
        dataset = datasets.ensure(session, organization.id, name, columns, NOW)
        for start in range(0, count, AT_A_TIME):
            session.execute(insert(DatasetRow), list(_stored(dataset.id, range(start, min(start + AT_A_TIME, count)))))
        return dataset.id


def export(dataset_id: int, kind: str, path: Path) -> int:
    """Exports a dataset of the current application; answers how many rows it wrote."""
    with reading() as session, path.open("w+b") as file:
        dataset = session.get_one(Dataset, dataset_id)
        return write(session, dataset, Asked(), kind, file, lambda done, total: None).processed_count


def _speed(here: Instance, dataset_id: int, kind: str, count: int, rounds: int, peer: float, tiny: bool) -> Figure:
    path = here.folder / f"export.{kind}"
    rate = middle(lambda: _rate(count, lambda: export(dataset_id, kind, path)), rounds)
    size = f"{path.stat().st_size / 1e6:.1f} MB"
    if kind != "xlsx":
        return Figure(f"export {count:,} × 10 to .{kind}", rate, "rows/s", note=size)
    reached = None if tiny else rate >= 60_000 and rate >= 4 * peer
    target = "≥ 60,000 rows/s and ≥ 4 × openpyxl"
    return Figure(f"export {count:,} × 10 to .xlsx", rate, "rows/s", {OPENPYXL: peer}, target, reached, size)


def _memory(here: Instance, count: int, tiny: bool) -> Figure:
    """The most memory that a process had which exported the large dataset, everything that it imports included."""
    command = [sys.executable, "-m", "benchmarks.exports", "--export", str(here.folder)]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True)
    seconds, megabytes, rows = map(float, done.stdout.split())
    assert rows == count
    note = f"{rows / seconds:,.0f} rows/s"
    reached = None if tiny else megabytes < 150
    return Figure(f"memory to export {count:,} × 10 to .xlsx", megabytes, "MB", {}, "< 150 MB", reached, note)


def export_large(folder: str) -> None:
    """In a process of its own: exports the second dataset of an instance; prints seconds, megabytes and rows."""
    with create_app({"INSTANCE_DIR": folder, "LOG_LEVEL": "WARNING"}).app_context():
        begun = time.perf_counter()
        rows = export(2, "xlsx", Path(folder) / "large.xlsx")
        print(time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, rows)


def _rate(count: int, work) -> float:
    begun = time.perf_counter()
    work()
    return count / (time.perf_counter() - begun)


def _stored(dataset_id: int, numbers: range) -> Iterator[dict[str, object]]:
    for number in numbers:
        values = dict(zip((field for field, _ in COLUMNS), _row(number), strict=True))
        data = json.dumps(values, default=lambda moment: moment.isoformat())
        yield {"dataset_id": dataset_id, "key": f'["{number}"]', "data": data, "created_at": NOW, "updated_at": NOW}


def _row(number: int) -> tuple[object, ...]:
    day = date(2026, 1, 5) + timedelta(days=number % 250)
    begun = datetime(day.year, day.month, day.day, 8, number % 60)
    note = None if number % 3 else f"Note {number} & more"
    amounts = number % 32 * 0.25, number / 100
    return f"E{number:08}", f"Person {number % 400}", day, begun, number, *amounts, number % 2 == 0, "Quay 4", note


def _openpyxl(count: int, path: Path) -> None:
    """The rows alone, without a database: the peer's best."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Data")
    sheet.append([field for field, _ in COLUMNS])
    for number in range(count):
        sheet.append(_row(number))
    book.save(path)


def main() -> None:
    """Measures and prints what was found."""
    parser = argparse.ArgumentParser(prog="bin/bench exports", description="The figures of exports.")
    parser.add_argument("--quick", action="store_true", help="a tiny form, which shows only that everything starts")
    parser.add_argument("--json", action="store_true", help="one object instead of a table")
    parser.add_argument("--export", metavar="FOLDER", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.export:
        export_large(options.export)
        return
    before, begun = load(), time.monotonic()
    figures = measure(options.quick)
    if options.json:
        print(json.dumps({"exports": [figure.as_dict() for figure in figures]}))
    else:
        print(f"exports: {before}; {time.monotonic() - begun:.0f} s\n{table(figures)}")


if __name__ == "__main__":
    main()
