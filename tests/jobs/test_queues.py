"""Queues: how they stand, and pausing and resuming them."""

import pytest

from webapp.jobs import Attempt, Job, Pool, State, clock, explain, job
from webapp.jobs.errors import NoSuchQueue

from .conftest import counting


@job("tests.urgent", queue="urgent")
def urgent(job: Attempt) -> None:
    """Runs on a queue of its own."""


@pytest.fixture
def kernel(make_kernel):
    return make_kernel(pools=[Pool("main", ("urgent", "default"), 2), Pool("quiet", ("seeding",), 1)])


@pytest.fixture
def enqueue_urgent(kernel):
    def enqueue_urgent() -> Job:
        with kernel.writing() as session:
            return kernel.enqueue(session, urgent, owner=None, subject=("test", 1), title="Urgent")

    return enqueue_urgent


def queue(kernel, name="default"):
    with kernel.reading() as session:
        return next(queue for queue in kernel.queues.all(session) if queue.name == name)


def why(kernel, job):
    with kernel.reading() as session:
        return explain(session, kernel.find(job.id))


def test_queues_stand_in_their_order_with_their_jobs(kernel, enqueue, enqueue_urgent):
    enqueue()
    enqueue(delay=60)
    enqueue_urgent()
    with kernel.reading() as session:
        all_ = kernel.queues.all(session)
    assert [(one.pool, one.name, one.place) for one in all_] == [
        ("main", "urgent", 1), ("main", "default", 2), ("quiet", "seeding", 1)
    ]  # fmt: skip
    assert [(one.waiting, one.scheduled, one.running) for one in all_] == [(1, 0, 0), (1, 1, 0), (0, 0, 0)]


def test_a_running_job_is_counted_where_it_runs(kernel, enqueue, script):
    seen = []
    script.does = lambda attempt: seen.append(queue(kernel).running)
    kernel.run(enqueue().id)
    assert (seen, queue(kernel).running) == ([1], 0)


def test_a_paused_queue_gives_no_job_away_and_says_so(kernel, enqueue):
    job = enqueue()
    kernel.queues.pause("default", by="Ada", reason="The disk is full.")
    assert not kernel.run_next("main")
    assert kernel.find(job.id).state == State.QUEUED
    assert "queue “default” is paused: The disk is full." in why(kernel, job)


def test_who_paused_it_when_and_why_outlives_a_restart(kernel, make_kernel):
    with clock.held(1_000_000):
        kernel.queues.pause("default", by="Ada", reason="The disk is full.")
    again = make_kernel()
    found = queue(again)
    assert (found.is_paused, found.paused_by, found.paused_at) == (True, "Ada", 1_000_000)
    assert found.reason == "The disk is full."


def test_pausing_one_queue_leaves_the_others_be(kernel, enqueue, enqueue_urgent):
    waits, runs = enqueue(), enqueue_urgent()
    kernel.queues.pause("default", by="Ada")
    assert kernel.run_next("main")
    assert (kernel.find(runs.id).state, kernel.find(waits.id).state) == (State.COMPLETED, State.QUEUED)


def test_what_runs_when_its_queue_is_paused_goes_on_to_its_end(kernel, enqueue, script, effects):
    pause = lambda item: kernel.queues.pause("default", by="Ada") if item == 50 else None  # noqa: E731
    script.does = counting(up_to=100, by=10, between=pause)
    job = enqueue()
    assert kernel.run_next("main")
    assert kernel.find(job.id).state == State.COMPLETED
    assert effects(job.id) == list(range(100))


def test_pausing_twice_keeps_the_first_reason(kernel):
    kernel.queues.pause("default", by="Ada", reason="The disk is full.")
    kernel.queues.pause("default", by="Otto", reason="I can.")
    assert queue(kernel).paused_by == "Ada"


def test_resuming_delivers_at_once_what_workers_could_not_take(kernel, enqueue):
    kernel.queues.pause("default", by="Ada")
    jobs = [enqueue() for _ in range(3)]
    engine = kernel.engines["main"]
    for _ in jobs:  # workers take the messages, and find that there is nothing to be had
        assert engine.huey.dequeue() is not None
        assert not kernel.run_next("main")
    kernel.queues.resume("default")
    assert engine.waiting() == 3
    while kernel.run_next("main"):
        pass
    assert {kernel.find(job.id).state for job in jobs} == {State.COMPLETED}


def test_resuming_adds_no_message_that_is_there_already(kernel, enqueue):
    kernel.queues.pause("default", by="Ada")
    enqueue()
    kernel.queues.resume("default")
    kernel.queues.resume("default")
    assert kernel.engines["main"].waiting() == 1


def test_housekeeping_sends_no_message_for_a_paused_queue(kernel, enqueue):
    with clock.held(1_000_000) as forward:
        enqueue()
        kernel.queues.pause("default", by="Ada")
        kernel.engines["main"].huey.storage.flush_queue()
        forward(120)
        kernel.housekeep("main")
        assert kernel.engines["main"].waiting() == 0


def test_a_job_of_a_paused_queue_can_still_be_cancelled(kernel, enqueue):
    job = enqueue()
    kernel.queues.pause("default", by="Ada")
    kernel.cancel(job.id)
    assert kernel.find(job.id).state == State.CANCELLED


@pytest.mark.parametrize("ask", [lambda queues: queues.pause("fast", by="Ada"), lambda queues: queues.resume("fast")])
def test_a_queue_that_does_not_exist_is_named_with_those_that_do(kernel, ask):
    with pytest.raises(NoSuchQueue, match=r"queue fast.*urgent, default, seeding"):
        ask(kernel.queues)


def test_the_first_queue_of_a_pool_goes_first(kernel, enqueue, enqueue_urgent):
    later, first = enqueue(), enqueue_urgent()
    assert kernel.run_next("main")
    assert (kernel.find(first.id).state, kernel.find(later.id).state) == (State.COMPLETED, State.QUEUED)
