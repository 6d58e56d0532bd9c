"""Taking jobs in: in the caller's transaction, at most ten a person, once for each form."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import func, select

from webapp.jobs import Job, State, TooManyActiveJobs, clock

from .conftest import scripted
from .storages import on_sqlite_only


def count(kernel):
    with kernel.reading() as session:
        return session.scalar(select(func.count(Job.id)))


def test_a_job_id_is_16_hex_characters(enqueue):
    job = enqueue()
    assert len(job.id) == 16
    assert set(job.id) <= set("0123456789abcdef")


def test_the_eleventh_job_is_refused_and_names_what_is_running(kernel, enqueue):
    for _ in range(10):
        enqueue()
    with pytest.raises(TooManyActiveJobs, match=r"10 active jobs.*A test"):
        enqueue()
    assert count(kernel) == 10


def test_racing_requests_cannot_both_take_the_last_place(kernel, enqueue):
    def attempt(_):
        try:
            return enqueue() is not None
        except TooManyActiveJobs:
            return False

    with ThreadPoolExecutor(20) as threads:
        assert sum(threads.map(attempt, range(20))) == 10
    assert count(kernel) == 10


def test_another_person_has_a_limit_of_their_own(enqueue):
    for _ in range(10):
        enqueue(owner=1)
    assert enqueue(owner=2)


def test_a_job_that_ended_frees_its_place(kernel, enqueue):
    jobs = [enqueue() for _ in range(10)]
    kernel.cancel(jobs[0].id)
    assert enqueue()


def test_a_job_that_waits_for_its_retry_keeps_its_place(kernel, enqueue, script):
    script.does = lambda attempt: 1 / 0
    jobs = [enqueue() for _ in range(10)]
    kernel.run(jobs[0].id)
    assert kernel.find(jobs[0].id).state == State.SCHEDULED
    with pytest.raises(TooManyActiveJobs):
        enqueue()


def test_equal_submits_with_one_key_make_one_job(kernel, enqueue):
    with ThreadPoolExecutor(20) as threads:
        ids = {job.id for job in threads.map(lambda _: enqueue(submission_key="form-1"), range(20))}
    assert len(ids) == 1
    assert count(kernel) == 1


def test_one_persons_key_is_not_anothers(enqueue):
    assert enqueue(owner=1, submission_key="form-1").id != enqueue(owner=2, submission_key="form-1").id


def test_a_transaction_that_rolls_back_leaves_neither_a_job_nor_a_message(kernel):
    def enqueue_and_fail():
        with kernel.writing() as session:
            kernel.enqueue(session, scripted, owner=1, subject=("test", 1), title="Never")
            raise ConnectionError

    with pytest.raises(ConnectionError):
        enqueue_and_fail()
    assert count(kernel) == 0
    assert kernel.engines["main"].waiting() == 0


def test_a_job_is_delivered_when_its_transaction_commits(kernel, enqueue):
    enqueue()
    assert kernel.engines["main"].waiting() == 1


def test_a_lost_message_is_delivered_again(kernel, enqueue):
    with clock.held(1_000_000) as forward:
        job = enqueue()
        kernel.engines["main"].huey.storage.flush_queue()
        forward(3)
        kernel.housekeep("main")
        assert kernel.engines["main"].waiting() == 1
        forward(1)
        kernel.housekeep("main")
        assert kernel.engines["main"].waiting() == 1, "messages must not pile up"
        assert kernel.run(job.id)


@on_sqlite_only
def test_a_queue_that_cannot_be_written_loses_no_job(kernel, enqueue):
    kernel.engines["main"].huey.storage.sql("drop table task", commit=True)
    job = enqueue()
    assert kernel.find(job.id).state == State.QUEUED


def test_a_delayed_job_waits_for_its_time(kernel, enqueue):
    with clock.held(1_000_000) as forward:
        job = enqueue(delay=60)
        kernel.housekeep("main")
        assert kernel.find(job.id).state == State.SCHEDULED
        forward(60)
        kernel.housekeep("main")
        assert kernel.find(job.id).state == State.QUEUED
        assert kernel.engines["main"].waiting() == 1


def test_arguments_that_the_handler_does_not_take_are_refused(enqueue):
    with pytest.raises(TypeError, match="surprise"):
        enqueue(surprise=1)
