"""Pruning: what has been over for long goes, a few rows at a time; what guards against doing it twice stays."""

import pytest
from sqlalchemy import event, func, select

from webapp.jobs import Job, State, clock
from webapp.jobs.errors import AlreadySubmitted
from webapp.jobs.models import JobAttempt, JobEvent, JobKey, JobOccurrence
from webapp.jobs.pruning import BATCH, Pruned

from .conftest import GoneForGood

DAY = 86_400
NOW = 1_000_000_000.0


@pytest.fixture(autouse=True)
def moments():
    with clock.held(NOW) as forward:
        yield forward


@pytest.fixture
def ended(kernel, enqueue):
    """A job that has ended."""

    def ended(**options):
        job = enqueue(**options)
        kernel.run(job.id)
        return job

    return ended


def raise_gone(attempt):
    raise GoneForGood


def count(kernel, model):
    with kernel.reading() as session:
        return session.scalar(select(func.count()).select_from(model))


def add_ended(kernel, number, at):
    """So many jobs that ended then, with a line of history each."""
    fixed = {"handler": "tests.scripted", "queue": "default", "arguments": {}, "title": "Old", "kind": "test"}
    fixed |= {"subject_id": "1", "owner_id": None, "state": State.COMPLETED, "unit": "rows", "failures_by": {}}
    fixed |= {"run_at": at, "created_at": at, "updated_at": at, "completed_at": at}
    with kernel.writing() as session:
        session.add_all([Job(id=f"{n:016x}", **fixed) for n in range(number)])
        session.flush()
        session.add_all([JobEvent(job_id=f"{n:016x}", at=at, name="completed", attempt=1) for n in range(number)])


def test_a_job_that_ended_long_enough_ago_goes_with_all_that_hangs_on_it(kernel, ended, moments):
    ended()
    moments(30 * DAY + 1)
    assert kernel.prune() == Pruned(jobs=1)
    assert [count(kernel, model) for model in (Job, JobAttempt, JobEvent)] == [0, 0, 0]


def test_a_job_that_ended_lately_stays(kernel, ended, moments):
    job = ended()
    moments(30 * DAY - 1)
    assert kernel.prune() == Pruned()
    assert kernel.find(job.id)


def test_what_has_not_ended_stays_however_old_it_is(kernel, enqueue, ended, script, moments):
    waiting, paused, scheduled, retried = enqueue(), enqueue(), enqueue(delay=60), enqueue()
    kernel.pause(paused.id)
    script.does = raise_gone
    kernel.run(retried.id)
    kernel.retry(retried.id)
    ended()
    moments(365 * DAY)
    assert kernel.prune() == Pruned(jobs=1)
    assert all(kernel.find(job.id) for job in (waiting, paused, scheduled, retried))


def test_a_job_is_as_old_as_its_end(kernel, enqueue, moments):
    job = enqueue()
    moments(29 * DAY)
    kernel.run(job.id)
    moments(2 * DAY)
    assert kernel.prune() == Pruned()


def test_the_setting_says_how_long_and_the_command_may_say_otherwise(make_kernel, kernel, ended, moments):
    ended()
    moments(2 * DAY)
    assert make_kernel(keep_days=3).prune() == Pruned()
    assert kernel.prune(keep_days=3) == Pruned()
    assert make_kernel(keep_days=1).prune() == Pruned(jobs=1)


@pytest.mark.parametrize("state", ["completed", "failed", "cancelled", "discarded"])
def test_every_way_to_end_is_an_end(kernel, enqueue, moments, state):
    add_ended(kernel, 1, NOW - 31 * DAY)
    with kernel.writing() as session:
        session.get(Job, f"{0:016x}").state = state
    assert kernel.prune() == Pruned(jobs=1)


def test_no_transaction_removes_more_than_a_batch(kernel, engine):
    add_ended(kernel, 2 * BATCH + 50, NOW - 31 * DAY)
    transactions = [0]

    def removed(_connection, cursor, statement, *_rest):
        if statement.startswith("DELETE FROM jobs "):
            transactions[-1] += cursor.rowcount

    event.listen(engine, "after_cursor_execute", removed)
    event.listen(engine, "commit", lambda _connection: transactions.append(0))
    assert kernel.prune() == Pruned(jobs=2 * BATCH + 50)
    assert [number for number in transactions if number] == [BATCH, BATCH, 50]
    assert count(kernel, JobEvent) == 0


def test_housekeeping_removes_one_batch_a_round_until_nothing_is_left(kernel, moments):
    add_ended(kernel, BATCH + 50, NOW - 31 * DAY)
    kernel.housekeep("main")
    assert count(kernel, Job) == 50
    moments(1)
    kernel.housekeep("main")
    assert count(kernel, Job) == 0


def test_housekeeping_looks_once_an_hour(kernel, moments):
    kernel.housekeep("main")
    add_ended(kernel, 1, NOW - 31 * DAY)
    moments(3599)
    kernel.housekeep("main")
    assert count(kernel, Job) == 1
    moments(1)
    kernel.housekeep("main")
    assert count(kernel, Job) == 0


def test_the_key_of_a_form_outlives_its_job_and_makes_no_second_one(make_kernel, enqueue, ended, moments):
    job = ended(submission_key="form-1")
    moments(2 * DAY)
    assert make_kernel(keep_days=1).prune() == Pruned(jobs=1)
    with pytest.raises(AlreadySubmitted, match=job.id):
        enqueue(submission_key="form-1")


def test_keys_of_forms_go_after_a_week(kernel, enqueue, moments):
    enqueue(submission_key="form-1")
    moments(7 * DAY)
    enqueue(submission_key="form-2")
    moments(1)
    assert kernel.prune() == Pruned(keys=1)
    assert count(kernel, JobKey) == 1


def test_times_of_schedules_go_after_ninety_days(kernel, moments):
    with kernel.writing() as session:
        session.add_all([JobOccurrence(schedule="Daily", due_at=NOW + day * DAY) for day in (0, 1)])
    moments(90 * DAY + 1)
    assert kernel.prune() == Pruned(occurrences=1)


def test_pruning_again_changes_nothing(kernel, ended, moments):
    ended()
    moments(31 * DAY)
    kernel.prune()
    assert kernel.prune() == Pruned()
