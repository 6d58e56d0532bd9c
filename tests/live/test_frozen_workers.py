"""A worker that stands still past its lease loses its job, and when it wakes it changes nothing."""

from pathlib import Path

import pytest

from tests.installation import wait_for

from .books import Cargo
from .harbour import Harbour

pytestmark = pytest.mark.live


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
