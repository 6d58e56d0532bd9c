"""Limits that let jobs wait: never more than so many in hand, in order, and no slot is lost with its holder."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

import pytest
from sqlalchemy import func, select

from webapp.jobs import Job, State, explain
from webapp.jobs.errors import Interrupted
from webapp.jobs.states import IN_HAND
from webapp.jobs.testing import Killed

from .conftest import LEASE
from .limited import enqueue_limited, limited, limited_to_two, raiser, refused, states


@pytest.fixture
def ask(kernel, moments):
    return partial(enqueue_limited, kernel, moments)


def in_hand(kernel):
    with kernel.reading() as session:
        return session.scalar(select(func.count()).where(Job.state.in_(IN_HAND)))


def run_all(kernel):
    while kernel.run_next("main"):
        pass


def die(kernel, job, script):
    script.does = raiser(Killed)
    with suppress(Killed):
        kernel.run(job.id)
    script.does = lambda attempt: None


def test_a_second_job_with_the_key_waits_for_the_first_and_names_it(kernel, ask, script):
    first, second = ask(), ask()
    seen = []

    def look(attempt):
        seen.append(kernel.run(second.id))
        waiting = kernel.find(second.id)
        with kernel.reading() as session:
            seen.extend([waiting.state, waiting.blocked_by, explain(session, waiting)])

    script.does = look
    kernel.run(first.id)
    assert seen[:3] == [False, State.BLOCKED, first.id]
    assert first.id in seen[3]
    assert states(kernel, second) == [State.QUEUED], "the end of the first frees the slot at once"
    assert kernel.engines["main"].waiting() == 3
    script.does = lambda attempt: None
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_jobs_with_other_keys_do_not_wait(kernel, ask, script):
    first, other = ask(flow=1), ask(flow=2)
    ran = []

    def nest(attempt):
        script.does = lambda attempt: None
        ran.append(kernel.run(other.id))

    script.does = nest
    kernel.run(first.id)
    assert ran == [True]


def test_as_many_as_the_limit_says_run_at_once_and_no_more(kernel, ask, script):
    jobs = [ask(limited_to_two) for _ in range(4)]
    most = []

    def nest(attempt):
        most.append(in_hand(kernel))
        kernel.run_next("main")

    script.does = nest
    run_all(kernel)
    assert max(most) == 2
    assert states(kernel, *jobs) == [State.COMPLETED] * 4


def test_racing_workers_never_hold_more_than_the_limit_allows(kernel, ask, script):
    jobs, counts = [ask(limited_to_two) for _ in range(12)], []
    script.does = lambda attempt: counts.append(in_hand(kernel))

    def work(_):
        while any(state not in {State.COMPLETED} for state in states(kernel, *jobs)):
            kernel.run_next("main")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(counts) == 12
    assert max(counts) <= 2


def test_workers_that_come_by_several_limits_and_none_never_wait_in_a_ring(kernel, ask, enqueue):
    jobs = []
    for n in range(20):
        jobs += [ask(flow=n % 3), ask(limited_to_two), enqueue(owner=None)]

    def work(_):
        while any(state in {State.QUEUED, State.BLOCKED, State.RUNNING} for state in states(kernel, *jobs)):
            kernel.run_next("main")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(work, range(6)))
    assert states(kernel, *jobs) == [State.COMPLETED] * len(jobs)
    assert {kernel.find(job.id).failures for job in jobs} == {0}


def test_those_who_wait_run_in_the_order_in_which_they_were_asked_for(kernel, ask, script):
    jobs, order = [ask() for _ in range(5)], []

    def first(attempt):
        order.append(attempt.id)
        script.does = lambda attempt: order.append(attempt.id)
        for other in reversed(jobs[1:]):
            kernel.run(other.id)

    script.does = first
    run_all(kernel)
    assert order == [job.id for job in jobs]


def test_an_interrupted_job_keeps_its_turn(kernel, ask, script):
    first, second = ask(), ask()
    script.does = raiser(Interrupted("the worker is shutting down"))
    kernel.run(first.id)
    script.does = lambda attempt: None
    assert not kernel.run(second.id)
    assert states(kernel, first, second) == [State.QUEUED, State.BLOCKED]
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_a_job_that_waits_for_its_retry_leaves_its_slot_to_others_and_comes_back(kernel, ask, script, moments):
    first, second = ask(), ask()
    script.does = raiser(ConnectionError())
    kernel.run(first.id)
    script.does = lambda attempt: None
    assert kernel.run(second.id)
    moments(10)
    kernel.housekeep("main")
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


@pytest.mark.parametrize("handler", [limited, refused])
def test_a_retried_job_is_never_refused_by_its_own_slot(kernel, ask, script, moments, handler):
    job = ask(handler)
    script.does = raiser(ConnectionError())
    for _ in range(3):
        kernel.run(job.id)
        moments(10)
        kernel.housekeep("main")
    assert states(kernel, job) == [State.FAILED]
    script.does = lambda attempt: None
    kernel.retry(job.id)
    assert kernel.run(job.id)
    assert states(kernel, job) == [State.COMPLETED]


@pytest.mark.parametrize("handler", [limited, refused])
def test_a_resumed_job_is_never_refused_by_its_own_slot(kernel, ask, handler):
    job = ask(handler)
    kernel.pause(job.id)
    kernel.resume(job.id)
    assert kernel.run(job.id)
    assert states(kernel, job) == [State.COMPLETED]


def test_a_killed_holders_slot_is_free_when_its_lease_has_run_out(kernel, ask, script, moments):
    first, second = ask(), ask()
    die(kernel, first, script)
    assert not kernel.run(second.id)
    moments(LEASE + 1)
    kernel.housekeep("main")
    assert states(kernel, first) == [State.QUEUED]
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_a_slot_is_free_however_its_holder_ends(kernel, ask, script, moments):
    first, second = ask(), ask()
    die(kernel, first, script)
    kernel.run(second.id)
    kernel.cancel(first.id)
    moments(LEASE + 1)
    kernel.housekeep("main")
    assert states(kernel, first, second) == [State.CANCELLED, State.QUEUED]


def test_a_job_that_outlives_every_clock_keeps_its_slot_while_its_lease_lives(kernel, ask, script, moments):
    first, second = ask(), ask()
    seen = []

    def long(attempt):
        for _ in range(20):
            moments(LEASE - 1)
            attempt.report("Still at it")
            kernel.housekeep("main")
            seen.append(kernel.run(second.id))

    script.does = long
    kernel.run(first.id)
    assert not any(seen)


def test_a_waiting_job_that_is_cancelled_lets_the_next_one_by(kernel, ask, script):
    first, second, third = ask(), ask(), ask()

    def nest(attempt):
        kernel.run(second.id)
        kernel.run(third.id)
        kernel.cancel(second.id)

    script.does = nest
    kernel.run(first.id)
    script.does = lambda attempt: None
    kernel.housekeep("main")
    run_all(kernel)
    assert states(kernel, first, second, third) == [State.COMPLETED, State.CANCELLED, State.COMPLETED]


def test_a_paused_job_leaves_its_slot_to_others(kernel, ask):
    first, second = ask(), ask()
    kernel.pause(first.id)
    assert kernel.run(second.id)
