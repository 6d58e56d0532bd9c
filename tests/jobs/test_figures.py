"""The figures for operators: what waits, what runs, who works, and what came of the last hour."""

import pytest

from webapp.jobs import clock, consumers, counts, figures
from webapp.jobs.sweep import sign_in

from .conftest import GoneForGood
from .test_control import set_state


@pytest.fixture(autouse=True)
def forward():
    with clock.held(1_000_000) as forward:
        yield forward


def now(kernel):
    with kernel.reading() as session:
        return figures(session)


def test_jobs_run_or_wait_for_a_worker_or_for_a_slot(kernel, enqueue):
    for state in ("running", "pausing", "queued", "blocked"):
        set_state(kernel, enqueue(), state)
    enqueue(delay=60)
    assert (now(kernel).running, now(kernel).waiting) == (2, 2)


def test_what_ended_counts_for_an_hour_whatever_is_done_with_it_later(kernel, enqueue, script, forward):
    def gone(attempt):
        raise GoneForGood

    kernel.run(enqueue().id)
    script.does, lost = gone, enqueue()
    kernel.run(lost.id)
    assert (now(kernel).completed_last_hour, now(kernel).failed_last_hour) == (1, 1)
    forward(3_601)
    set_state(kernel, lost, "failed")
    kernel.discard(lost.id)
    assert (now(kernel).completed_last_hour, now(kernel).failed_last_hour) == (0, 0)
    with kernel.reading() as session:
        assert counts(session) == {("default", "completed"): 1, ("default", "discarded"): 1}


def test_a_consumer_that_was_not_seen_for_long_is_silent_and_its_workers_do_not_count(kernel, forward):
    sign_in(kernel.writing, "pier.office.41.abcd", "main", 2)
    forward(45)
    sign_in(kernel.writing, "quay.42.abcd", "main", 3)
    with kernel.reading() as session:
        found = consumers(session)
    assert [(one.host, one.process, one.is_alive) for one in found] == [
        ("quay", "42", True), ("pier.office", "41", False)
    ]  # fmt: skip
    assert now(kernel).workers == 3
