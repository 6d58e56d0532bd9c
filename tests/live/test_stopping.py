"""SIGTERM and SIGINT, once or five times, to parent or child: stop at a batch, hand back, exit 0, leave nothing."""

import signal
import time
from pathlib import Path

import pytest

from tests.installation import wait_for

from .books import Cargo
from .conftest import StartHarbour
from .harbour import Harbour, frozen, gone, worker_of

pytestmark = pytest.mark.live
PROMISED_SECONDS = 10
"""The whole ends within so many seconds (DESIGN §3, promise 3)."""


def stop(harbour: Harbour, *signals: int) -> None:
    """Sends the signals to the supervisor; fails unless all of the installation ends in time, with 0."""
    family, began = harbour.everything(), time.monotonic()
    assert harbour.process is not None
    for signum in signals:
        harbour.process.send_signal(signum)
    assert harbour.process.wait(2 * PROMISED_SECONDS) == 0
    gone(family, 1)
    assert time.monotonic() - began < PROMISED_SECONDS + 2
    assert "Traceback" not in harbour.said()


@pytest.mark.parametrize(
    "signals",
    [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM] * 5, [signal.SIGINT] * 5],
    ids=["SIGTERM", "SIGINT", "five SIGTERMs", "five SIGINTs"],
)
def test_an_import_that_is_stopped_hands_back_and_the_next_start_finishes_it(
    start_harbour: StartHarbour, hours: Path, undisturbed: Cargo, signals: list[int]
):
    harbour = start_harbour()
    job_id = harbour.start_import(hours)
    before = harbour.midway(job_id)
    stop(harbour, *signals)
    job = harbour.books.job(job_id)
    assert (job["state"], job["worker"], job["interruptions"], job["failures"]) == ("queued", None, 1, 0)
    assert before["processed"] <= job["processed"] < job["total"]
    harbour.start()
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", 1, 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def test_a_worker_that_waits_for_a_frozen_reading_process_does_not_hold_up_the_stop(
    start_harbour: StartHarbour, hours: Path
):
    harbour = start_harbour()
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    with frozen(harbour.readers()[0]):
        wait_for("standstill", lambda: harbour.books.job(job_id)["processed"] == _a_second_later(harbour, job_id))
        stop(harbour, signal.SIGTERM)
    job = harbour.books.job(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("queued", 1, 0), "handed back, not killed"


def test_a_worker_that_was_told_to_stop_is_replaced(harbour: Harbour, hours: Path, undisturbed: Cargo):
    job_id = harbour.start_import(hours)
    worker = worker_of(harbour.midway(job_id))
    for signum in (signal.SIGTERM, signal.SIGINT) * 3:
        worker.send_signal(signum)
    gone([worker])
    job = harbour.ended(job_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", 1, 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    wait_for("full crew", lambda: len(harbour.consumer().children()) == 3)


def _a_second_later(harbour: Harbour, job_id: str) -> int:
    now = time.time()
    wait_for("next second", lambda: time.time() > now + 1)
    return int(harbour.books.job(job_id)["processed"])
