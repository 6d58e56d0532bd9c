"""Cancelling beats everything else, and says what it kept."""

import pytest

from webapp.jobs import AlreadyFinished, JobNotFound, State, clock

from .conftest import LEASE, counting
from .test_attempts import lose_worker, names


def test_a_queued_job_is_cancelled_at_once(kernel, enqueue):
    job = enqueue()
    kernel.cancel(job.id)
    assert kernel.find(job.id).state == State.CANCELLED
    assert not kernel.run(job.id)


def test_a_running_job_stops_at_its_next_batch_and_says_what_it_kept(kernel, enqueue, script, effects):
    script.does = counting(up_to=100, by=10, between=lambda item: kernel.cancel(job.id) if item == 30 else None)
    job = enqueue()
    kernel.run(job.id)
    stopped = kernel.find(job.id)
    assert stopped.state == State.CANCELLED
    assert stopped.outcome == "Cancelled after 40 of 100 rows. What was done until then is kept."
    assert effects(job.id) == list(range(40))


def test_a_cancelled_job_never_retries(kernel, enqueue, script):
    def cancel_and_fail(attempt):
        kernel.cancel(attempt.id)
        raise ConnectionError

    script.does = cancel_and_fail
    job = enqueue()
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.CANCELLED
    assert "retried" not in names(kernel, job)


def test_a_job_that_waits_for_its_retry_can_be_cancelled(kernel, enqueue, script):
    script.does = lambda attempt: 1 / 0
    with clock.held(1_000_000) as forward:
        job = enqueue()
        kernel.run(job.id)
        kernel.cancel(job.id)
        forward(60)
        kernel.housekeep("main")
    assert kernel.find(job.id).state == State.CANCELLED


def test_a_job_whose_worker_was_lost_while_cancelling_is_cancelled(kernel, enqueue, script):
    with clock.held(1_000_000) as forward:
        job = enqueue()
        lose_worker(kernel, job, script)
        kernel.cancel(job.id)
        assert kernel.find(job.id).state == State.CANCELLING
        forward(LEASE + 1)
        kernel.housekeep("main")
    assert kernel.find(job.id).state == State.CANCELLED


def test_cancelling_twice_is_harmless(kernel, enqueue, script):
    script.does = lambda attempt: [kernel.cancel(attempt.id), kernel.cancel(attempt.id), attempt.report()]
    job = enqueue()
    kernel.run(job.id)
    assert names(kernel, job).count("cancelling") == 1


def test_cancelling_what_has_ended_says_so_and_changes_nothing(kernel, enqueue):
    job = enqueue()
    kernel.run(job.id)
    with pytest.raises(AlreadyFinished, match="Completed"):
        kernel.cancel(job.id)
    assert kernel.find(job.id).state == State.COMPLETED


def test_cancelling_what_was_never_there_says_so(kernel):
    with pytest.raises(JobNotFound):
        kernel.cancel("0123456789abcdef")


def test_a_job_that_reached_its_end_before_it_could_stop_is_completed(kernel, enqueue, script):
    script.does = lambda attempt: kernel.cancel(attempt.id) and None
    job = enqueue()
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED
