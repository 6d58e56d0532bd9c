"""What follows an error: by the first policy that covers it, each counting for itself."""

from typing import Any

import pytest
from sqlalchemy import select

from webapp.jobs import Attempt, Retry, State, clock, exponentially, job, polynomially
from webapp.jobs.models import JobAttempt
from webapp.jobs.retries import decide


class Busy(Exception):
    """Somebody else is at it."""


class Gone(Exception):
    """It is not there any more."""

    sentence = "It is not there any more."


TOLD: list[str] = []
RAISES: list[Exception] = []


def told(job: Attempt, error: Exception) -> None:
    TOLD.append(f"{job.id}: {error.__class__.__name__}")


def broken_hook(job: Attempt, error: Exception) -> None:
    raise RuntimeError("a hook that fails")


@job(
    "tests.fragile",
    retry=[Retry(Busy, wait=5, attempts=4, jitter=0), Retry(Exception, wait=exponentially, attempts=2, jitter=0)],
    discard=[Gone],
    after_discard=[broken_hook, told],
)
def fragile(job: Attempt) -> None:
    """Raises what the test says, in order; then reaches its end."""
    if RAISES:
        raise RAISES.pop(0)


@pytest.fixture
def run_all(kernel):
    """Runs a fragile job through all its tries; answers the job and the waits between them, in seconds."""

    def run_all(*errors: Exception) -> tuple[Any, list[float]]:
        TOLD.clear()
        RAISES[:] = errors
        waits = []
        with clock.held(1_000_000) as forward:
            with kernel.writing() as session:
                new = kernel.enqueue(session, fragile, owner=1, subject=("test", 1), title="Fragile")
            while kernel.run(new.id) and (now := kernel.find(new.id)).state == State.SCHEDULED:
                waits.append(now.run_at - clock.now())
                forward(waits[-1])
                kernel.housekeep("main")
        return kernel.find(new.id), waits

    return run_all


def test_each_policy_counts_its_own_failures(run_all):
    done, waits = run_all(Busy(), ValueError(), Busy(), Busy())
    assert (done.state, done.failures) == (State.COMPLETED, 4)
    assert waits == [5, 3, 5, 5]


def test_the_policy_whose_tries_are_used_up_fails_the_job(run_all):
    failed, waits = run_all(Busy(), ValueError(), KeyError())
    assert (failed.state, waits) == (State.FAILED, [5, 3])


def test_what_no_retry_can_help_is_discarded_at_once(run_all):
    discarded, waits = run_all(Gone())
    assert (discarded.state, discarded.error_message, waits) == (State.DISCARDED, Gone.sentence, [])


@pytest.mark.parametrize("errors", [(Gone(),), (ValueError(), ValueError())])
def test_every_hook_is_told_of_a_job_that_is_given_up_even_if_one_raises(run_all, errors):
    given_up, _ = run_all(*errors)
    assert [f"{given_up.id}: {errors[-1].__class__.__name__}"] == TOLD


def test_no_hook_is_told_of_a_job_that_is_tried_again_and_ends_well(run_all):
    run_all(Busy())
    assert TOLD == []


def test_every_attempt_is_kept_with_what_it_came_to(kernel, run_all):
    done, _ = run_all(Busy(), ValueError("secret details"))
    with kernel.reading() as session:
        attempts = list(
            session.scalars(select(JobAttempt).where(JobAttempt.job_id == done.id).order_by(JobAttempt.token))
        )
    assert [(attempt.came_to, attempt.error_name) for attempt in attempts] == [
        ("retried", "Busy"),
        ("retried", "ValueError"),
        ("completed", None),
    ]
    assert "secret details" in attempts[1].error_trace
    assert all(attempt.ended_at >= attempt.started_at for attempt in attempts)


def test_a_job_that_ended_well_shows_no_old_error(run_all):
    assert run_all(Busy())[0].error_message is None


def test_waits_grow_as_they_are_known_to():
    assert [exponentially(n) for n in (1, 2, 3)] == [3, 9, 27]
    assert [polynomially(n) for n in (1, 2, 3, 4)] == [3, 18, 83, 258]
    assert exponentially(100) == 3600


def test_jitter_only_makes_a_wait_longer_and_never_by_more_than_its_part():
    waits = [Retry(Exception, wait=100, jitter=0.15).seconds(1) for _ in range(200)]
    assert all(100 <= wait <= 115 for wait in waits)
    assert len(set(waits)) > 100


def test_an_error_that_no_policy_covers_fails():
    class Nothing:
        retry = (Retry(Busy),)
        discard = ()

    decision = decide(ValueError(), Nothing(), {})
    assert (decision.wait, decision.discard) == (None, False)
