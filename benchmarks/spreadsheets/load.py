"""A real installation while a large workbook is imported: what visitors, and one who cancels, have to wait."""

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask import Flask

from webapp.app import create_app
from webapp.db import db, reading
from webapp.extensions import kernel
from webapp.jobs import UNFINISHED, Job
from webapp.migrations import migrate
from webapp.sheets import inspect_workbook

from ..figures import Figure, p95
from ..installations import serving
from ..processes import PROJECT, memory, until
from .files import workbook
from .people import TEMPLATE, person, template_for

OWNER = "ada@example.org"
VISITORS, CANCELS = 8, 5
PAGES = ("/jobs", "/datasets", "/datasets/1", "/import-templates/1", "/exports")
MOST = {"pages": 300, "submits": 500, "uploads": None}
"""Milliseconds that nineteen in twenty of each kind may take; an upload is looked into before it is answered."""
LOCKED = re.compile("database is locked", re.IGNORECASE)


@dataclass(frozen=True)
class Size:
    """How much there is to do: rows of the large import and of those that are cancelled, visitors, cancels."""

    rows: int
    cancelled_rows: int
    visitors: int
    cancels: int


def measure(tiny: bool) -> list[Figure]:
    """Milliseconds in the browser's place, seconds until a cancel is done, and what the logs say."""
    size = Size(2_000, 60_000, 1, 1) if tiny else Size(1_000_000, 100_000, VISITORS, CANCELS)
    with TemporaryDirectory(prefix="longshore-benchmark-") as folder:
        app, log = _furnished(Path(folder) / "instance", size), Path(folder) / "serving.log"
        with app.app_context(), serving(Path(folder) / "instance", log) as (process, port):
            large, begun = _start(app, size.rows), time.monotonic()
            with _visitors(port, size, f"/import-templates/1/jobs/{large}") as taken:
                cancels = [_cancel(app, size.cancelled_rows) for _ in range(size.cancels)]
                megabytes = until("end of the import", lambda: _ended(large) and memory(process), 1_800, 0.2)
            seconds = time.monotonic() - begun
            assert _find(large).processed == size.rows, _find(large).error_message
        locked = len(LOCKED.findall(log.read_text()))
    rate = f"import of {size.rows:,} rows meanwhile: {size.rows / seconds:,.0f} rows/s"
    return [*_waits(taken, size, rate, tiny), *_others(cancels, locked, megabytes, tiny)]


def _waits(taken: dict[str, list[float]], size: Size, meanwhile: str, tiny: bool) -> Iterator[Figure]:
    for kind, most in MOST.items():
        values = taken[kind] or [0.0]
        note = f"{len(values):,} by {size.visitors} visitors, longest {max(values):,.0f} ms; {meanwhile}"
        slow, target = p95([*values, *values]), f"≤ {most} ms" if most else ""
        yield Figure(
            f"{kind} while rows arrive", slow, "ms (p95)", {}, target, None if tiny or not most else slow <= most, note
        )


def _others(cancels: list[float], locked: int, megabytes: float, tiny: bool) -> list[Figure]:
    seen = None if tiny else max(cancels) <= 3
    return [
        Figure("a cancel is done, longest", max(cancels), "s", {}, "≤ 3 s", seen, f"{len(cancels)} imports cancelled"),
        Figure("“database is locked” in the log", locked, "times", {}, "0", None if tiny else locked == 0),
        Figure("memory of the whole installation at the end (PSS)", megabytes, "MB"),
    ]


def _furnished(folder: Path, size: Size) -> Flask:
    """An instance with its people and the template."""
    folder.mkdir(mode=0o700)
    app = create_app({"INSTANCE_DIR": str(folder), "LOG_LEVEL": "WARNING"})
    with app.app_context():
        migrate()
        template_for(inspect_workbook(workbook(size.cancelled_rows)), person(OWNER))
        for number in range(size.visitors):
            person(f"visitor{number}@example.org")
        db.engine.dispose()
    return app


def _start(app: Flask, rows: int) -> str:
    """Starts an import as an operator does; answers the id of its job."""
    command = ["-m", "flask", "--app", "wsgi", "imports", "run", str(workbook(rows)), "--template", TEMPLATE]
    done = subprocess.run(
        [sys.executable, *command, "--owner", OWNER, "--json"], cwd=PROJECT, capture_output=True, text=True,
        env={**os.environ, "INSTANCE_DIR": str(app.config["INSTANCE_DIR"])},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr or done.stdout
    return json.loads(done.stdout)["job_id"]


def _cancel(app: Flask, rows: int) -> float:
    """Starts one more import, cancels it on its way, and answers after how many seconds it has stopped."""
    job_id = _start(app, rows)
    until("rows", lambda: _find(job_id).processed > 0, 300, 0.02)
    begun = time.monotonic()
    kernel.cancel(job_id)
    until("end", lambda: _ended(job_id), 60, 0.02)
    assert _find(job_id).state == "cancelled", _find(job_id).state
    return time.monotonic() - begun


def _ended(job_id: str) -> bool:
    return _find(job_id).state not in UNFINISHED


def _find(job_id: str) -> Job:
    with reading() as session:
        return session.get_one(Job, job_id)


@contextmanager
def _visitors(port: int, size: Size, page: str) -> Iterator[dict[str, Any]]:
    """Visitors while the block lasts; what they had to wait is in the answer behind it."""
    command = ["-m", "benchmarks.spreadsheets.visiting", port, size.visitors, workbook(100), *PAGES, page]
    taken: dict[str, Any] = {}
    with subprocess.Popen(
        [sys.executable, *map(str, command)], cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        try:
            yield taken
        finally:
            output, _ = process.communicate()
    assert process.returncode == 0, output
    taken |= json.loads(output)
