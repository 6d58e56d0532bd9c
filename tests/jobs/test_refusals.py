"""Limits that refuse: a second job is not taken in, and the one that is at it is named."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest

from webapp.jobs import ConcurrencyConflict

from .limited import enqueue_limited, raiser, refused


@pytest.fixture
def ask(kernel, moments):
    return partial(enqueue_limited, kernel, moments, refused)


@pytest.mark.parametrize("ends", ["waiting", "paused", "retrying"])
def test_a_limit_that_refuses_names_the_job_that_is_at_it(kernel, ask, script, ends):
    holder = ask()
    if ends == "paused":
        kernel.pause(holder.id)
    if ends == "retrying":
        script.does = raiser(ConnectionError())
        kernel.run(holder.id)
    with pytest.raises(ConcurrencyConflict, match=f"Job of tests.refused.*{holder.id}"):
        ask()


def test_a_limit_that_refuses_takes_the_next_when_the_holder_has_ended(kernel, ask):
    kernel.run(ask().id)
    assert ask()


def test_a_limit_that_refuses_does_not_refuse_another_key(ask):
    ask(flow=1)
    assert ask(flow=2)


def test_a_failed_job_is_not_tried_again_while_another_is_at_it(kernel, ask, script, moments):
    failed = ask()
    script.does = raiser(ConnectionError())
    for _ in range(3):
        kernel.run(failed.id)
        moments(10)
        kernel.housekeep("main")
    holder = ask()
    with pytest.raises(ConcurrencyConflict, match=holder.id):
        kernel.retry(failed.id)


def test_racing_requests_for_one_slot_make_one_job(kernel, ask):
    def attempt(_):
        with suppress(ConcurrencyConflict):
            return ask()

    with ThreadPoolExecutor(8) as threads:
        assert sum(job is not None for job in threads.map(attempt, range(8))) == 1
