"""SIGKILL, wherever it hits: the import goes on by itself, and leaves exactly what an undisturbed one leaves."""

import random
from pathlib import Path

import pytest

from tests.installation import wait_for

from .books import Cargo
from .conftest import StartHarbour
from .harbour import Harbour, frozen, gone, worker_of

pytestmark = pytest.mark.live
PROMISED_SECONDS = 30
"""A dead worker's job runs again within so many seconds (DESIGN §3)."""


def test_an_import_whose_worker_is_killed_resumes_within_30_seconds(
    start_harbour: StartHarbour, hours: Path, undisturbed: Cargo
):
    harbour = start_harbour()
    job_id = harbour.start_import(hours)
    worker_of(harbour.midway(job_id)).kill()
    wait_for("resumed import", lambda: "resumed" in harbour.books.events(job_id), PROMISED_SECONDS)
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", 1, 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_an_import_survives_one_killed_worker_after_another(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id, beyond, kills = harbour.start_import(hours), 0, 3
    for _ in range(kills):
        job = harbour.midway(job_id, beyond)
        worker_of(job).kill()
        beyond = job["processed"] + random.randint(1, 5_000)
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", kills, 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_an_import_whose_reading_process_is_killed_is_tried_again(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    harbour.readers()[0].kill()
    job = harbour.ended(job_id)
    assert (job["state"], job["failures"]) == ("completed", 1)
    assert "retried" in harbour.books.events(job_id)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_killed_consumer_takes_its_workers_along_and_is_replaced(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    consumer = harbour.consumer()
    family = [consumer, *consumer.children(recursive=True)]
    consumer.kill()
    gone(family, 5)
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"]) == ("completed", 1)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_killed_supervisor_leaves_no_process_and_the_next_start_finishes_the_import(
    start_harbour: StartHarbour, hours: Path, undisturbed: Cargo
):
    harbour = start_harbour()
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    family = harbour.everything()
    harbour.supervisor().kill()
    gone(family)
    assert harbour.books.job(job_id)["state"] == "queued", "its consumer handed it back"
    harbour.start()
    assert harbour.ended(job_id)["state"] == "completed"
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_killed_web_process_disturbs_no_import_and_is_replaced(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    master = harbour.web_master()
    for process in master.children():
        process.kill()
    wait_for("answer", harbour.is_ready)
    family = [master, *master.children()]
    master.kill()
    gone(family)
    wait_for("answer of a new web server", harbour.is_ready)
    assert harbour.ada.get(f"/jobs/{job_id}").status == 200
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"]) == ("completed", 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_long_silence_of_the_reading_process_does_not_cost_the_import_its_lease(harbour: Harbour, hours: Path):
    job_id = harbour.start_import(hours)
    lease = harbour.midway(job_id)["lease_until"]
    with frozen(harbour.readers()[0]):
        wait_for("heartbeat", lambda: harbour.books.job(job_id)["lease_until"] > lease + 6, 20)
        assert harbour.books.job(job_id)["state"] == "running"
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", 0, 0)


def test_a_cancelled_import_whose_worker_is_killed_ends_as_cancelled(harbour: Harbour, hours: Path):
    job_id = harbour.start_import(hours)
    worker = worker_of(harbour.midway(job_id))
    with frozen(harbour.readers()[0]):
        harbour.ada.submit(f"/jobs/{job_id}/cancellation", page=f"/jobs/{job_id}")
        assert harbour.books.job(job_id)["state"] == "cancelling"
        worker.kill()
    assert harbour.ended(job_id)["state"] == "cancelled"
