"""A worker that stands still past its lease loses its job, and when it wakes it changes nothing."""

from collections.abc import Iterator
from pathlib import Path
from shutil import copytree

import pytest
from sqlalchemy import create_engine

from tests.installation import wait_for
from webapp.proving import MARK
from webapp.proving.models import Proof

from .books import Cargo
from .conftest import SHORT_LEASE
from .harbour import Harbour, harbour_in

pytestmark = pytest.mark.live
ITEMS = 600


@pytest.fixture
def proving_ground(tmp_path: Path, furnished: Path) -> Iterator[Harbour]:
    """An installation that has the jobs of a proof."""
    marked = tmp_path / "marked"
    copytree(furnished, marked)
    (marked / MARK).touch()
    engine = create_engine(f"sqlite:///{marked}/app.db")
    Proof.metadata.create_all(engine)
    engine.dispose()
    with harbour_in(tmp_path / "instance", marked, LEASE_SECONDS=SHORT_LEASE) as running:
        yield running


def test_a_worker_that_wakes_after_its_lease_is_fenced_out(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id = harbour.start_import(hours)
    sleeper, _ = harbour.freeze(job_id)
    assert harbour.ended(job_id)["state"] == "completed"
    done = harbour.books.cargo(job_id)
    sleeper.resume()
    wait_for("fenced out worker", lambda: f"job {job_id} fenced out" in harbour.said())
    job = harbour.books.job(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", 1, 0)
    assert done.differences(undisturbed) == []
    assert harbour.books.cargo(job_id).differences(done) == []
    assert harbour.readers() == []


def test_a_worker_that_wakes_while_another_does_its_job_stops_at_once(
    harbour: Harbour, hours: Path, undisturbed: Cargo
):
    job_id = harbour.start_import(hours)
    sleeper, job = harbour.freeze(job_id)
    wait_for("second worker", lambda: harbour.books.job(job_id)["worker"] not in (None, job["worker"]))
    sleeper.resume()
    wait_for("fenced out worker", lambda: f"job {job_id} fenced out" in harbour.said())
    assert harbour.ended(job_id)["state"] == "completed"
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_job_in_steps_whose_worker_wakes_after_its_lease_has_its_effects_once(proving_ground: Harbour):
    job_id = proving_ground.json("jobs", "enqueue", "proving.steps", "--arg", f"items={ITEMS}")["id"]
    sleeper, frozen_job = proving_ground.freeze(job_id)
    assert '"step": "load"' in frozen_job["cursor"]
    assert proving_ground.ended(job_id)["state"] == "completed"
    done = effects_of(proving_ground, job_id)
    assert sorted(done) == sorted(["bill", *(f"{step} {item}" for step in ("load", "count") for item in range(ITEMS))])
    sleeper.resume()
    wait_for("fenced out worker", lambda: f"job {job_id} fenced out" in proving_ground.said())
    job = proving_ground.books.job(job_id)
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert effects_of(proving_ground, job_id) == done


def effects_of(harbour: Harbour, job_id: str) -> list[str]:
    """The traces that a job left, in their order."""
    rows = harbour.books.all("SELECT item FROM proof_effects WHERE job_id = ? ORDER BY id", job_id)
    return [row["item"] for row in rows]
