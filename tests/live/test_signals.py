"""SIGTERM and SIGINT, once and five times, mean the same to every process: end soon, with 0, and lose nothing.

The supervisor's turn is in test_stopping.py.
"""

import signal
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from tests.installation import wait_for

from .books import Cargo
from .harbour import Harbour, gone, worker_of

pytestmark = pytest.mark.live
PROMISED_SECONDS = 10
SIGNALS = [[signal.SIGTERM], [signal.SIGINT], [signal.SIGTERM] * 5, [signal.SIGINT] * 5]
Find = Callable[[Harbour, str], psutil.Process]
VICTIMS: dict[str, tuple[Find, str]] = {
    "web server": (lambda harbour, job_id: harbour.web_master(), "web server ended with 0"),
    "worker": (lambda harbour, job_id: worker_of(harbour.books.job(job_id)), "interrupted attempt=1: the worker is"),
    "consumer": (lambda harbour, job_id: harbour.consumer(), "workers of pool main ended with 0"),
}
"""The processes, how they are found, and what is said of them when they have ended as they should."""


@pytest.mark.parametrize("victim", VICTIMS)
@pytest.mark.parametrize("signals", SIGNALS, ids=lambda signals: f"{len(signals)} {signals[0].name}")
def test_a_process_that_is_told_to_stop_ends_soon_and_is_replaced(
    harbour: Harbour, hours: Path, undisturbed: Cargo, victim: str, signals: list[signal.Signals]
):
    find, words = VICTIMS[victim]
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    process, said = find(harbour, job_id), harbour.said().count(words)
    family = [process, *process.children(recursive=True)]
    for signum in signals:
        process.send_signal(signum)
    gone(family, PROMISED_SECONDS)
    wait_for(words, lambda: harbour.said().count(words) == said + 1)
    job = harbour.ended(job_id)
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    wait_for("answer", harbour.is_ready)
    assert "Traceback" not in harbour.said()


@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT], ids=lambda signum: signum.name)
def test_a_web_server_that_is_told_to_stop_answers_the_request_it_has(harbour: Harbour, signum: signal.Signals):
    master = harbour.web_master()
    family = [master, *master.children()]

    def tell_it_to_stop() -> None:
        wait_for("connection in hand", lambda: any(map(has_visitor, master.children())))
        for process in family:
            process.send_signal(signum)

    answer = harbour.ada.submit("/jobs/hello", page="/jobs", midway=tell_it_to_stop)
    assert answer.status == 303, answer.words
    gone(family, PROMISED_SECONDS)
    assert harbour.ended(answer.location.rpartition("/")[2])["state"] == "completed"
    wait_for("answer of a new web server", harbour.is_ready)


def has_visitor(process: psutil.Process) -> bool:
    """Whether somebody is connected to this process."""
    return any(connection.status == psutil.CONN_ESTABLISHED for connection in process.net_connections("tcp"))
