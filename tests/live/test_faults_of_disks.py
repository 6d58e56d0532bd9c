"""Disks that are full and folders that may not be written: one sentence, and all goes on when that is over."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.installation import PROJECT, free_port, wait_for

from .books import Cargo
from .conftest import SHORT_LEASE
from .faults import ALTERED, OUTAGE, PARTS, can_mount, full, is_quiet, last, no_room_in_files, small_disk, unwritable
from .harbour import Harbour, harbour_in, worker_of

pytestmark = pytest.mark.live
NO_ROOM = "The disk is full There is no room to keep this. Ask your admin to make room, then try again."
SETTINGS = {"LEASE_SECONDS": SHORT_LEASE, "PYTHONPATH": ALTERED, "NO_PRIVILEGES": "yes"}
DISKS = [full] if can_mount() else []
"""A disk of one's own needs privileges, which a container may not have; files that may not grow need none."""


@pytest.fixture
def harbour(tmp_path: Path, furnished: Path) -> Iterator[Harbour]:
    """An installation that obeys permissions, on a small disk if there is one to be had."""
    with small_disk(tmp_path / "disk", DISKS != []):
        with harbour_in(tmp_path / "disk" / "instance", furnished, **SETTINGS) as running:
            yield running


@pytest.mark.parametrize("fault", [*DISKS, no_room_in_files])
def test_a_full_disk_costs_nothing_but_time(harbour: Harbour, hours: Path, undisturbed: Cargo, fault):
    page = "/import-templates/1"
    token = harbour.ada.token(page)
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    with fault(harbour):
        answer = harbour.ada.upload(f"{page}/uploads", hours, page, token=token)
        assert (answer.status, NO_ROOM in answer.words) == (507, True), answer.words
        assert harbour.ada.get("/jobs").status == 200
        last(OUTAGE)
    job = harbour.ended(job_id, 120)
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    assert harbour.books.all("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    assert harbour.ended(harbour.start_import(hours))["state"] == "completed"
    assert is_quiet(harbour)


def test_an_upload_folder_that_may_not_be_written_refuses_uploads_and_stops_no_import(
    harbour: Harbour, hours: Path, few_hours: Path
):
    page = "/import-templates/1"
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    with unwritable(harbour.folder / "uploads"):
        answer = harbour.ada.upload(f"{page}/uploads", few_hours, page)
        assert (answer.status, "database or disk does not answer" in answer.words) == (503, True), answer.words
        job = harbour.ended(job_id)
        assert (job["state"], job["failures"]) == ("completed", 0)
    assert harbour.ended(harbour.start_import(few_hours))["state"] == "completed"
    assert is_quiet(harbour)


def test_databases_that_may_not_be_written_are_waited_for(harbour: Harbour, hours: Path, undisturbed: Cargo):
    paths = [harbour.folder / f"{name}.db{part}" for name in ("app", "queue", "cache") for part in PARTS]
    job_id = harbour.start_import(hours)
    job = harbour.midway(job_id)
    with unwritable(harbour.folder, *(path for path in paths if path.exists())):
        worker_of(job).kill()
        wait_for("replaced worker", lambda: len(harbour.consumer().children()) == 3)
        last(OUTAGE)
        assert harbour.ada.get(f"/jobs/{job_id}").status == 200
    job = harbour.ended(job_id, 120)
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    assert is_quiet(harbour)


@pytest.mark.parametrize("part", ["", "uploads", "backups"])
def test_a_folder_that_may_not_be_written_is_refused_at_the_start(tmp_path: Path, part: str):
    folder = tmp_path / "instance"
    (folder / part).mkdir(parents=True)
    settings = {"INSTANCE_DIR": str(folder), "PORT": str(free_port())}
    with unwritable(folder / part):
        done = subprocess.run(
            [PROJECT / "bin" / "run"], env={**os.environ, **SETTINGS, **settings}, capture_output=True, text=True
        )
    assert done.returncode == 1
    assert done.stderr.strip() == (
        f"The instance folder cannot be used. {folder / part}: Permission denied. Check its owner and its permissions."
    )
