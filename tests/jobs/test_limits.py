"""Limits: never more than so many in hand, in order, and no slot is lost with its holder."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from sqlalchemy import func, select

from webapp.jobs import Attempt, ConcurrencyConflict, Job, Limit, Retry, State, clock, explain, job
from webapp.jobs.errors import Interrupted
from webapp.jobs.states import IN_HAND

from .conftest import LEASE


class Killed(BaseException):
    """The worker dies: nothing of the attempt comes back."""


class Does:
    """What the limited handlers do."""

    function = staticmethod(lambda attempt: None)


RETRY = [Retry(Exception, wait=10, attempts=3, jitter=0)]


@job("tests.limited", limit=Limit("flow:{flow}"), retry=RETRY)
def limited(job: Attempt, *, flow: int) -> None:
    """One at a time for each flow; the others wait."""
    Does.function(job)


@job("tests.limited_to_two", limit=Limit("pair", to=2), retry=RETRY)
def limited_to_two(job: Attempt) -> None:
    """Two at a time."""
    Does.function(job)


@job("tests.refused", limit=Limit("report:{flow}", on_conflict="refuse"), retry=RETRY)
def refused(job: Attempt, *, flow: int) -> None:
    """One at a time for each flow; another is refused."""
    Does.function(job)


@pytest.fixture(autouse=True)
def does():
    Does.function = staticmethod(lambda attempt: None)
    return Does


@pytest.fixture
def moments():
    with clock.held(1_000_000) as forward:
        yield forward


@pytest.fixture
def ask(kernel, moments):
    """Enqueues a job, a second after the one before."""

    def ask(handler=limited, **arguments) -> Job:
        moments(1)
        if "{flow}" in handler.limit.key:
            arguments.setdefault("flow", 7)
        with kernel.writing() as session:
            title = f"Job of {handler.name}"
            return kernel.enqueue(session, handler, owner=None, subject=("test", 1), title=title, **arguments)

    return ask


def states(kernel, *jobs):
    return [kernel.find(job.id).state for job in jobs]


def in_hand(kernel):
    with kernel.reading() as session:
        return session.scalar(select(func.count()).where(Job.state.in_(IN_HAND)))


def run_all(kernel):
    while kernel.run_next("main"):
        pass


def die(kernel, job, does):
    does.function = staticmethod(raiser(Killed))
    with suppress(Killed):
        kernel.run(job.id)
    does.function = staticmethod(lambda attempt: None)


def raiser(error):
    def fail(attempt):
        raise error

    return fail


def test_a_second_job_with_the_key_waits_for_the_first_and_names_it(kernel, ask, does):
    first, second = ask(), ask()
    seen = []

    def look(attempt):
        seen.append(kernel.run(second.id))
        waiting = kernel.find(second.id)
        with kernel.reading() as session:
            seen.extend([waiting.state, waiting.blocked_by, explain(session, waiting)])

    does.function = staticmethod(look)
    kernel.run(first.id)
    assert seen[:3] == [False, State.BLOCKED, first.id]
    assert first.id in seen[3]
    assert states(kernel, second) == [State.QUEUED], "the end of the first frees the slot at once"
    assert kernel.engines["main"].waiting() == 3
    does.function = staticmethod(lambda attempt: None)
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_jobs_with_other_keys_do_not_wait(kernel, ask, does):
    first, other = ask(flow=1), ask(flow=2)
    ran = []

    def nest(attempt):
        does.function = staticmethod(lambda attempt: None)
        ran.append(kernel.run(other.id))

    does.function = staticmethod(nest)
    kernel.run(first.id)
    assert ran == [True]


def test_as_many_as_the_limit_says_run_at_once_and_no_more(kernel, ask, does):
    jobs = [ask(limited_to_two) for _ in range(4)]
    most = []

    def nest(attempt):
        most.append(in_hand(kernel))
        kernel.run_next("main")

    does.function = staticmethod(nest)
    run_all(kernel)
    assert max(most) == 2
    assert states(kernel, *jobs) == [State.COMPLETED] * 4


def test_racing_workers_never_hold_more_than_the_limit_allows(kernel, ask, does):
    jobs, counts = [ask(limited_to_two) for _ in range(12)], []
    does.function = staticmethod(lambda attempt: counts.append(in_hand(kernel)))

    def work(_):
        while any(state not in {State.COMPLETED} for state in states(kernel, *jobs)):
            kernel.run_next("main")

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(work, range(4)))
    assert len(counts) == 12
    assert max(counts) <= 2


def test_those_who_wait_run_in_the_order_in_which_they_were_asked_for(kernel, ask, does):
    jobs, order = [ask() for _ in range(5)], []

    def first(attempt):
        order.append(attempt.id)
        does.function = staticmethod(lambda attempt: order.append(attempt.id))
        for other in reversed(jobs[1:]):
            kernel.run(other.id)

    does.function = staticmethod(first)
    run_all(kernel)
    assert order == [job.id for job in jobs]


def test_an_interrupted_job_keeps_its_turn(kernel, ask, does):
    first, second = ask(), ask()
    does.function = staticmethod(raiser(Interrupted("the worker is shutting down")))
    kernel.run(first.id)
    does.function = staticmethod(lambda attempt: None)
    assert not kernel.run(second.id)
    assert states(kernel, first, second) == [State.QUEUED, State.BLOCKED]
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_a_job_that_waits_for_its_retry_leaves_its_slot_to_others_and_comes_back(kernel, ask, does, moments):
    first, second = ask(), ask()
    does.function = staticmethod(raiser(ConnectionError()))
    kernel.run(first.id)
    does.function = staticmethod(lambda attempt: None)
    assert kernel.run(second.id)
    moments(10)
    kernel.housekeep("main")
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


@pytest.mark.parametrize("handler", [limited, refused])
def test_a_retried_job_is_never_refused_by_its_own_slot(kernel, ask, does, moments, handler):
    job = ask(handler)
    does.function = staticmethod(raiser(ConnectionError()))
    for _ in range(3):
        kernel.run(job.id)
        moments(10)
        kernel.housekeep("main")
    assert states(kernel, job) == [State.FAILED]
    does.function = staticmethod(lambda attempt: None)
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


def test_a_killed_holders_slot_is_free_when_its_lease_has_run_out(kernel, ask, does, moments):
    first, second = ask(), ask()
    die(kernel, first, does)
    assert not kernel.run(second.id)
    moments(LEASE + 1)
    kernel.housekeep("main")
    assert states(kernel, first) == [State.QUEUED]
    run_all(kernel)
    assert states(kernel, first, second) == [State.COMPLETED] * 2


def test_a_slot_is_free_however_its_holder_ends(kernel, ask, does, moments):
    first, second = ask(), ask()
    die(kernel, first, does)
    kernel.run(second.id)
    kernel.cancel(first.id)
    moments(LEASE + 1)
    kernel.housekeep("main")
    assert states(kernel, first, second) == [State.CANCELLED, State.QUEUED]


def test_a_job_that_outlives_every_clock_keeps_its_slot_while_its_lease_lives(kernel, ask, does, moments):
    first, second = ask(), ask()
    seen = []

    def long(attempt):
        for _ in range(20):
            moments(LEASE - 1)
            attempt.report("Still at it")
            kernel.housekeep("main")
            seen.append(kernel.run(second.id))

    does.function = staticmethod(long)
    kernel.run(first.id)
    assert not any(seen)


def test_a_waiting_job_that_is_cancelled_lets_the_next_one_by(kernel, ask, does):
    first, second, third = ask(), ask(), ask()

    def nest(attempt):
        kernel.run(second.id)
        kernel.run(third.id)
        kernel.cancel(second.id)

    does.function = staticmethod(nest)
    kernel.run(first.id)
    does.function = staticmethod(lambda attempt: None)
    kernel.housekeep("main")
    run_all(kernel)
    assert states(kernel, first, second, third) == [State.COMPLETED, State.CANCELLED, State.COMPLETED]


def test_a_paused_job_leaves_its_slot_to_others(kernel, ask):
    first, second = ask(), ask()
    kernel.pause(first.id)
    assert kernel.run(second.id)


@pytest.mark.parametrize("ends", ["waiting", "paused", "retrying"])
def test_a_limit_that_refuses_names_the_job_that_is_at_it(kernel, ask, does, ends):
    holder = ask(refused)
    if ends == "paused":
        kernel.pause(holder.id)
    if ends == "retrying":
        does.function = staticmethod(raiser(ConnectionError()))
        kernel.run(holder.id)
    with pytest.raises(ConcurrencyConflict, match=f"Job of tests.refused.*{holder.id}"):
        ask(refused)


def test_a_limit_that_refuses_takes_the_next_when_the_holder_has_ended(kernel, ask):
    kernel.run(ask(refused).id)
    assert ask(refused)


def test_a_limit_that_refuses_does_not_refuse_another_key(ask):
    ask(refused, flow=1)
    assert ask(refused, flow=2)


def test_a_failed_job_is_not_tried_again_while_another_is_at_it(kernel, ask, does, moments):
    failed = ask(refused)
    does.function = staticmethod(raiser(ConnectionError()))
    for _ in range(3):
        kernel.run(failed.id)
        moments(10)
        kernel.housekeep("main")
    holder = ask(refused)
    with pytest.raises(ConcurrencyConflict, match=holder.id):
        kernel.retry(failed.id)


def test_racing_requests_for_one_slot_make_one_job(kernel, ask):
    def attempt(_):
        with suppress(ConcurrencyConflict):
            return ask(refused)

    with ThreadPoolExecutor(8) as threads:
        assert sum(job is not None for job in threads.map(attempt, range(8))) == 1
