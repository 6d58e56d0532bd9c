"""SIGKILL at random moments of an upsert with new, changed, equal, repeated and bad rows: the same end as without."""

import random
import time
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from rustpy_xlsxwriter import FastExcel

from tests.installation import wait_for
from tests.sheets.workbooks import hours_rows

from .books import Cargo
from .conftest import StartHarbour
from .harbour import ADA, ENDED, Harbour, worker_of

pytestmark = pytest.mark.live
SHORT, LONG = (20_000, 8), (100_000, 50)
"""Rows and kills: for a landing, and with --chaos."""


@pytest.fixture
def size(request: pytest.FixtureRequest) -> tuple[int, int]:
    """How many rows, and how many kills."""
    return LONG if request.config.getoption("--chaos") else SHORT


def rows_with_everything(rows: int) -> Iterator[dict[str, Any]]:
    """Every fortieth row is bad, and every tenth comes again at the end with another note."""
    again = ({**row, "Note": "Corrected"} for row in hours_rows(rows // 11, start=rows // 3))
    return chain(hours_rows(rows - rows // 11, bad_every=40), again)


def rows_before(rows: int) -> Iterator[dict[str, Any]]:
    """A quarter of the keys is there before; half of those with other values."""
    return ({**row, "Note": "Old"} if place % 2 else row for place, row in enumerate(hours_rows(rows // 4)))


def book(path: Path, rows: Iterator[dict[str, Any]]) -> Path:
    FastExcel(str(path)).format(datetime_format="yyyy-mm-dd hh:mm").sheet("Hours", rows, dedupe_strings=True).save()
    return path


def template_with_rows(harbour: Harbour, path: Path) -> int:
    """A template whose dataset has these rows already."""
    template = harbour.new_template(path)
    assert harbour.ended(harbour.start_import(path, template), 300)["state"] == "completed"
    return template


def undisturbed(harbour: Harbour, path: Path, template: int, rows: int) -> Cargo:
    job_id = harbour.start_import(path, template)
    assert harbour.ended(job_id, 300)["state"] == "completed"
    cargo = harbour.books.cargo(job_id)
    inserted, updated, unchanged, rejected = cargo.counters
    assert min(inserted, updated, unchanged, rejected, cargo.repeated) > 0
    assert sum(cargo.counters) == rows
    return cargo


def test_killed_at_random_moments_an_import_leaves_what_an_undisturbed_one_leaves(
    start_harbour: StartHarbour, tmp_path: Path, size: tuple[int, int]
):
    (rows, kills), harbour = size, start_harbour(LEASE_SECONDS="3")
    before = book(tmp_path / "before.xlsx", rows_before(rows))
    path = book(tmp_path / "everything.xlsx", rows_with_everything(rows))
    expected = undisturbed(harbour, path, template_with_rows(harbour, before), rows)
    killed = 0
    while killed < kills:
        job_id = harbour.start_import(path, template_with_rows(harbour, before))
        found = kill_at_random(harbour, job_id, rows, kills - killed)
        job = harbour.ended(job_id, 300)
        assert (job["state"], job["interruptions"], job["failures"]) == ("completed", found, 0)
        assert harbour.books.cargo(job_id).differences(expected) == []
        killed += found


def test_killed_at_any_moment_an_import_of_all_or_nothing_leaves_all_or_nothing(
    start_harbour: StartHarbour, tmp_path: Path
):
    harbour, rows = start_harbour(LEASE_SECONDS="3"), 60_000
    path = book(tmp_path / "good.xlsx", hours_rows(rows))
    command = ("imports", "run", str(path), "--template", "Hours", "--owner", ADA, "--mode", "all-or-nothing")
    job_id = harbour.json(*command)["job_id"]
    # Twice at the most: a third loss at one place would be the end of the job, and the first may come as late as that.
    kill_when(harbour, job_id, 0, lambda job: job["processed"] > rows // 4)
    assert kill_when(harbour, job_id, 1, is_writing, random.random() / 2)
    assert harbour.books.rows_of(job_id) in (0, rows)
    assert harbour.ended(job_id, 300)["state"] == "completed"
    assert harbour.books.rows_of(job_id) == rows


def kill_at_random(harbour: Harbour, job_id: str, rows: int, most: int) -> int:
    """Kills the worker of an import at so many random places; answers how many it came to before the import ended."""
    done = 0
    for killed in range(most):
        # Behind where it stood at the last kill: three losses at one place would be the end of the job.
        place = max(done, int((killed + random.random()) * rows * 0.8 / most))
        if kill_when(harbour, job_id, killed, lambda job, place=place: job["processed"] > place) is None:
            return killed
        done = harbour.books.job(job_id)["processed"]
    return most


def kill_when(
    harbour: Harbour, job_id: str, interruptions: int, ready: Callable[[dict[str, Any]], bool], delay: float = 0
) -> dict[str, Any] | None:
    """Kills the worker that runs the job after so many interruptions, a little after it is `ready`; answers the job, or
    None if it had ended before.
    """

    def look() -> dict[str, Any] | None:
        job = harbour.books.job(job_id)
        is_back = job["interruptions"] == interruptions and job["state"] == "running"
        return job if job["state"] in ENDED or (is_back and ready(job)) else None

    job = wait_for(f"a place for kill {interruptions + 1}", look, 120, every=0.002)
    if job["state"] in ENDED:
        return None
    time.sleep(delay)
    worker_of(job).kill()
    return job


def is_writing(job: dict[str, Any]) -> bool:
    return bool(job["message"] == "Writing all rows at once")
