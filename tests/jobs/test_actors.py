"""The history of a job names whoever asked something of it; what happened by itself names nobody."""

import logging

import pytest

from webapp.jobs import history

from .conftest import GoneForGood, counting
from .test_control import set_state

ADA = "ada@example.org"


@pytest.fixture
def asked(kernel):
    """What was asked of a job, and by whom: pairs of an event and its actor."""

    def asked(job):
        with kernel.reading() as session:
            return [(event.name, event.actor) for event in history(session, job.id) if event.actor]

    return asked


def test_pausing_resuming_interrupting_and_cancelling_a_waiting_job(kernel, enqueue, asked):
    job = enqueue()
    for verb in (kernel.pause, kernel.resume, kernel.interrupt, kernel.cancel):
        verb(job.id, by=ADA)
    assert asked(job) == [("paused", ADA), ("resuming", ADA), ("interrupting", ADA), ("cancelled", ADA)]


def test_what_a_running_job_does_because_somebody_asked_names_who_asked_once(kernel, enqueue, script, asked):
    job = enqueue()
    script.does = counting(100, 10, lambda item: kernel.cancel(job.id, by=ADA) if item == 20 else None)
    kernel.run(job.id)
    with kernel.reading() as session:
        assert [event.name for event in history(session, job.id)][-2:] == ["cancelling", "cancelled"]
    assert asked(job) == [("cancelling", ADA)]


def test_asking_twice_is_one_event(kernel, enqueue, asked):
    job = enqueue()
    kernel.pause(job.id, by=ADA)
    kernel.pause(job.id, by="max@example.org")
    assert asked(job) == [("paused", ADA)]


def test_trying_again_and_giving_up(kernel, enqueue, script, asked):
    def gone(attempt):
        raise GoneForGood

    script.does, job = gone, enqueue()
    kernel.run(job.id)
    kernel.retry(job.id, by=ADA)
    set_state(kernel, job, "failed")
    kernel.discard(job.id, by=ADA)
    assert asked(job) == [("retrying", ADA), ("discarded", ADA)]


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({}, None),
        ({"at": 300}, "at 300"),
        ({"step": "bill"}, "after “bill”"),
        ({"step": "bill", "at": 3}, "at 3 in “bill”"),
        ({"after_items": 1_000, "after_seconds": 2.5}, "after 1,000 items or after 2.5 s"),
    ],
)
def test_an_interruption_says_where_it_was_asked_for(kernel, enqueue, when, words):
    job = enqueue()
    kernel.interrupt(job.id, by=ADA, **when)
    with kernel.reading() as session:
        assert history(session, job.id)[-1].detail == words


def test_an_interruption_that_was_asked_for_at_once_says_so(kernel, enqueue, script):
    job = enqueue()
    script.does = counting(100, 10, lambda item: kernel.interrupt(job.id, by=ADA) if item == 20 else None)
    kernel.run(job.id)
    with kernel.reading() as session:
        assert history(session, job.id)[-1].detail == "somebody asked for it"


def test_the_log_names_who_asked_and_is_not_alarmed(kernel, enqueue, caplog):
    job = enqueue()
    set_state(kernel, job, "failed")
    with caplog.at_level(logging.INFO, "webapp.jobs"):
        kernel.discard(job.id, by=ADA)
    line = caplog.records[-1]
    assert (line.levelname, line.getMessage()) == ("INFO", f"job {job.id} discarded attempt=1 by={ADA}")
