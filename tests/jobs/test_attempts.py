"""What comes of one try at a job."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.jobs import State, clock, explain, history, sweep
from webapp.jobs.testing import Killed

from .conftest import LEASE, GoneForGood, counting, put


def state_of(kernel, job):
    return State(kernel.find(job.id).state)


def names(kernel, job):
    with kernel.reading() as session:
        return [event.name for event in history(session, job.id)]


def test_a_job_runs_to_its_end_and_keeps_its_result(kernel, enqueue, script, effects):
    script.does = counting(up_to=100, by=10)
    job = enqueue()
    assert kernel.run(job.id)
    done = kernel.find(job.id)
    assert (done.state, done.result, done.processed, done.total) == (State.COMPLETED, {"done": 100}, 100, 100)
    assert effects(job.id) == list(range(100))
    assert names(kernel, job) == ["enqueued", "started", "completed"]


def test_a_second_delivery_does_nothing(kernel, enqueue, script, effects):
    script.does = counting(up_to=10, by=10)
    job = enqueue()
    assert kernel.run(job.id)
    assert not kernel.run(job.id)
    assert effects(job.id) == list(range(10))


def test_a_delivery_of_a_job_in_hand_does_nothing(kernel, enqueue, script):
    job, deliveries = enqueue(), []
    script.does = lambda attempt: deliveries.append(kernel.run(attempt.id))
    assert kernel.run(job.id)
    assert deliveries == [False]


def test_a_failing_job_is_tried_three_times_in_all(kernel, enqueue, script):
    script.does = lambda attempt: 1 / 0
    job = enqueue()
    with clock.held(1_000_000) as forward:
        for _ in range(3):
            kernel.housekeep("main")
            kernel.run(job.id)
            forward(10)
    failed = kernel.find(job.id)
    assert (failed.state, failed.failures) == (State.FAILED, 3)
    assert names(kernel, job).count("retried") == 2


def test_a_retry_waits_its_time(kernel, enqueue, script):
    script.does = lambda attempt: 1 / 0
    with clock.held(1_000_000) as forward:
        job = enqueue()
        kernel.run(job.id)
        assert state_of(kernel, job) is State.SCHEDULED
        forward(9)
        kernel.housekeep("main")
        assert state_of(kernel, job) is State.SCHEDULED
        forward(1)
        kernel.housekeep("main")
        assert state_of(kernel, job) is State.QUEUED


def test_a_retry_goes_on_from_the_checkpoint(kernel, enqueue, script, effects):
    def once(item):
        if item == 50 and kernel.find(job.id).failures == 0:
            raise ConnectionError

    script.does = counting(up_to=100, by=10, between=once)
    with clock.held(1_000_000) as forward:
        job = enqueue()
        kernel.run(job.id)
        forward(10)
        kernel.housekeep("main")
        kernel.run(job.id)
    assert state_of(kernel, job) is State.COMPLETED
    assert effects(job.id) == list(range(100))


def test_no_exception_name_reaches_a_person(kernel, enqueue, script):
    script.does = lambda attempt: {}["nothing"]
    job = enqueue()
    kernel.run(job.id)
    said = kernel.find(job.id).error_message
    assert "KeyError" not in said
    assert job.id in said


def test_an_error_that_no_retry_can_help_discards_the_job_with_its_sentence(kernel, enqueue, script):
    def gone(attempt):
        raise GoneForGood

    script.does = gone
    job = enqueue()
    kernel.run(job.id)
    discarded = kernel.find(job.id)
    assert (discarded.state, discarded.error_message) == (State.DISCARDED, GoneForGood.sentence)


def test_a_batch_that_fails_leaves_neither_effects_nor_a_cursor(kernel, enqueue, script, effects):
    def half(attempt):
        with attempt.batch(10) as session:
            put(session, attempt.id, range(10))
            raise ConnectionError

    script.does = half
    job = enqueue()
    kernel.run(job.id)
    assert effects(job.id) == []
    assert kernel.find(job.id).cursor is None


def test_an_attempt_that_outlives_its_lease_changes_nothing_more(kernel, enqueue, script, effects):
    with clock.held(1_000_000) as forward:

        def freeze(item):
            if item == 50 and kernel.find(job.id).interruptions == 0:
                forward(LEASE + 1)
                kernel.housekeep("main")
                kernel.run(job.id)

        script.does = counting(up_to=100, by=10, between=freeze)
        job = enqueue()
        kernel.run(job.id)
    done = kernel.find(job.id)
    assert (done.state, done.processed, done.interruptions) == (State.COMPLETED, 100, 1)
    assert effects(job.id) == list(range(100))


def test_a_lost_worker_costs_no_retry(kernel, enqueue, script):
    with clock.held(1_000_000) as forward:
        job = enqueue()
        lose_worker(kernel, job, script)
        forward(LEASE + 1)
        kernel.housekeep("main")
    lost = kernel.find(job.id)
    assert (lost.state, lost.interruptions, lost.failures) == (State.QUEUED, 1, 0)


def test_a_job_that_loses_its_worker_three_times_at_one_place_is_given_up(kernel, enqueue, script):
    with clock.held(1_000_000) as forward:
        job = enqueue()
        for _ in range(3):
            lose_worker(kernel, job, script)
            forward(LEASE + 1)
            kernel.housekeep("main")
    failed = kernel.find(job.id)
    assert failed.state == State.FAILED
    assert "3 times" in failed.error_message


def test_several_who_keep_house_at_once_take_each_lost_job_once(kernel, enqueue, script, moments):
    lost = [enqueue() for _ in range(8)]
    for job in lost:
        lose_worker(kernel, job, script)
    moments(LEASE + 1)
    with ThreadPoolExecutor(4) as threads:
        taken = [job_id for found in threads.map(sweep.rescue, [kernel.writing] * 4) for job_id in found]
    assert sorted(taken) == sorted(job.id for job in lost)
    assert {kernel.find(job.id).interruptions for job in lost} == {1}


def test_a_worker_that_stops_hands_its_job_back_at_the_next_batch(kernel, enqueue, script, effects):
    asked = []
    kernel.engines["main"].huey.hooks.stopping.append(lambda: bool(asked))
    script.does = counting(up_to=100, by=10, between=lambda item: asked.append(item) if item == 30 else None)
    job = enqueue()
    kernel.run(job.id)
    back = kernel.find(job.id)
    assert (back.state, back.processed, back.interruptions, back.failures) == (State.QUEUED, 40, 1, 0)
    asked.clear()
    script.does = counting(up_to=100, by=10)
    kernel.run(job.id)
    assert effects(job.id) == list(range(100))
    assert names(kernel, job) == ["enqueued", "started", "interrupted", "resumed", "completed"]


def test_the_messages_of_a_job_are_kept_in_its_history(kernel, enqueue, script):
    def talk(attempt):
        attempt.report("Reading")
        attempt.report("Reading")
        attempt.report("Writing", processed=1)

    script.does = talk
    job = enqueue()
    kernel.run(job.id)
    with kernel.reading() as session:
        said = [event.detail for event in history(session, job.id) if event.name == "progressed"]
    assert said == ["Reading", "Writing"]


def test_a_job_whose_handler_is_unknown_is_parked_until_a_worker_knows_it(kernel, enqueue):
    with clock.held(1_000_000) as forward:
        job = enqueue()
        rename_handler(kernel, job, "tests.unheard_of")
        kernel.run(job.id)
        parked = kernel.find(job.id)
        assert (parked.state, parked.failures) == (State.SCHEDULED, 0)
        with kernel.reading() as session:
            assert "tests.unheard_of" in explain(session, parked)
        rename_handler(kernel, job, "tests.scripted")
        forward(31)
        kernel.housekeep("main")
        assert kernel.run(job.id)
    assert state_of(kernel, job) is State.COMPLETED


def rename_handler(kernel, job, name):
    with kernel.writing() as session:
        session.get(type(job), job.id).handler = name


def lose_worker(kernel, job, script):
    """The worker dies in the middle of the job: nothing of the attempt comes back, not even its end."""

    def die(attempt):
        raise Killed

    script.does = die
    with pytest.raises(Killed):
        kernel.run(job.id)
