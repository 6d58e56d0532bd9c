"""Interrupting a job at an exact place, after so many items or seconds: once, and at no cost."""

import pytest

from webapp.jobs import AlreadyFinished, JobNotFound, State, array, clock, history, nested
from webapp.jobs.errors import UnknownTrigger
from webapp.jobs.testing import Fault, run_to_end

from .conftest import counting, put


def items(upto, size=None):
    """A handler that does items by iteration, one by one or in lists."""

    def does(job):
        for found in job.iterate(array(range(upto)), size=size):
            with job.batch() as session:
                put(session, job.id, found if size else [found])

    return does


@pytest.fixture
def stops(kernel):
    """Why and where a job was interrupted: pairs of the reason and the items that were done."""

    def stops(job):
        with kernel.reading() as session:
            return [event.detail for event in history(session, job.id) if event.name == "interrupted"]

    return stops


@pytest.fixture
def run_once(kernel, enqueue, script):
    """Runs a job with this trigger once; answers it as it stands then."""

    def run_once(does, **when):
        script.does = does
        job = enqueue(interrupt_when=when)
        kernel.run(job.id)
        return kernel.find(job.id)

    return run_once


@pytest.mark.parametrize("size", [None, 1, 7, 100])
@pytest.mark.parametrize(
    ("when", "reason"),
    [({"at": 30}, "it was to stop at 30"), ({"after_items": 30}, "it was to stop after 30 items")],
)
def test_a_trigger_stops_a_job_exactly_where_it_says_however_large_its_batches_are(
    kernel, run_once, effects, stops, size, when, reason
):
    job = run_once(items(50, size), **when)
    assert (job.state, job.processed, job.cursor) == (State.QUEUED, 30, "30")
    assert effects(job.id) == list(range(30))
    assert stops(job) == [reason]
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED
    assert effects(job.id) == list(range(50))


def test_a_trigger_stops_a_job_with_cursors_of_its_own_where_it_has_come_so_far(run_once):
    assert run_once(counting(up_to=50, by=20), at=30).cursor == "40"
    assert run_once(counting(up_to=50, by=20), after_items=30).processed == 40


def test_an_interruption_costs_neither_an_attempt_nor_a_loss(kernel, run_once):
    job = run_once(items(50), at=30)
    assert (job.failures, job.losses_here, job.interruptions, job.interrupt_when) == (0, 0, 1, None)
    assert job.lease_until is None


def test_a_job_that_stops_in_good_order_at_one_place_again_and_again_is_never_given_up(kernel, enqueue, script):
    stopping = kernel.engines["main"].huey.hooks.stopping
    script.does = lambda job: job.report("Still at the beginning")
    job = enqueue()
    for _ in range(3):
        kernel.interrupt(job.id)
        kernel.run(job.id)
        kernel.pause(job.id)
        kernel.resume(job.id)
        stopping.append(lambda: True)
        kernel.run(job.id)
        stopping.pop()
    stopped = kernel.find(job.id)
    assert (stopped.state, stopped.interruptions, stopped.losses_here) == (State.QUEUED, 6, 0)
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED


def test_a_job_that_a_trigger_stopped_is_delivered_again_at_once(kernel, run_once):
    before = kernel.engines["main"].waiting()
    run_once(items(50), at=30)
    assert kernel.engines["main"].waiting() == before + 2


def test_a_job_can_be_stopped_again_and_again(kernel, enqueue, script, effects, stops):
    script.does = items(50, size=8)
    job = enqueue(interrupt_when={"after_items": 5})
    places = []
    for place in (5, 6, 23, 49):
        kernel.interrupt(job.id, at=place)
        kernel.run(job.id)
        places.append(kernel.find(job.id).processed)
    kernel.run(job.id)
    assert places == [5, 6, 23, 49]
    assert kernel.find(job.id).interruptions == len(stops(job)) == 4
    assert effects(job.id) == list(range(50))


def test_a_list_stops_a_nested_job_where_its_cursor_begins_so(kernel, enqueue, script):
    def does(job):
        for _ in job.iterate(nested(array(range(4)), lambda _: array(range(3)))):
            pass

    script.does = does
    for at, cursor in (([2], "[2, 1, 1]"), ([2, 2], "[2, 2, 1]"), ([4, 3], "[4, 3, 3]")):
        job = enqueue(interrupt_when={"at": at})
        kernel.run(job.id)
        assert kernel.find(job.id).cursor == cursor


def two_steps(job):
    for name in ("load", "bill"):

        @job.step(name)
        def work(step):
            for _ in step.iterate(array(range(5)), size=2):
                pass


@pytest.mark.parametrize(
    ("when", "checkpoint", "reason"),
    [
        ({"step": "load"}, '{"at": null, "done": ["load"], "step": null}', "it was to stop after “load”"),
        ({"step": "bill", "at": 3}, '{"at": 3, "done": ["load"], "step": "bill"}', "it was to stop at 3"),
        ({"at": 3}, '{"at": 3, "done": [], "step": "load"}', "it was to stop at 3"),
        ({"after_items": 6}, '{"at": 1, "done": ["load"], "step": "bill"}', "it was to stop after 6 items"),
    ],
)
def test_a_trigger_stops_a_job_behind_a_step_or_inside_it(kernel, run_once, stops, when, checkpoint, reason):
    job = run_once(two_steps, **when)
    assert job.cursor == checkpoint
    assert stops(job) == [reason]
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED


def test_a_job_stops_after_so_many_seconds_of_its_attempt(kernel, enqueue, script, stops):
    with clock.held(1_000_000) as forward:

        def slow(job):
            for _ in job.iterate(array(range(10))):
                forward(2)

        script.does = slow
        job = enqueue(interrupt_when={"after_seconds": 5})
        forward(3600)
        kernel.run(job.id)
    assert kernel.find(job.id).processed == 3
    assert stops(job) == ["it was to stop after 5 s"]


def test_a_job_that_waits_stops_in_the_midst_of_its_waiting(kernel, enqueue, script):
    with clock.held(1_000_000):
        script.does = lambda job: job.wait(600)
        job = enqueue(interrupt_when={"after_seconds": 5})
        kernel.run(job.id)
        assert kernel.find(job.id).state == State.QUEUED
        assert clock.now() < 1_000_010


def test_a_job_that_waits_can_be_cancelled(kernel, enqueue, script):
    with clock.held(1_000_000):
        script.does = lambda job: [kernel.cancel(job.id), job.wait(600)]
        job = enqueue()
        kernel.run(job.id)
        assert kernel.find(job.id).state == State.CANCELLED
        assert clock.now() < 1_000_005


def test_a_running_job_is_interrupted_counting_from_then_on(kernel, enqueue, script, stops):
    with clock.held(1_000_000) as forward:

        def does(job):
            for item in job.iterate(array(range(30)), size=2):
                forward(1)
                if item == [10, 11]:
                    kernel.interrupt(job.id, **whens[job.id])

        script.does = does
        places, whens = [], {}
        for when in ({"after_items": 7}, {"after_seconds": 4}, {}, {"at": 3}):
            job = enqueue()
            whens[job.id] = when
            kernel.run(job.id)
            places.append(kernel.find(job.id).processed)
    assert places == [17, 20, 12, 12]


def test_a_waiting_job_is_interrupted_when_it_has_come_so_far(kernel, enqueue, script):
    script.does = items(10)
    job = enqueue()
    kernel.interrupt(job.id, after_items=4)
    kernel.run(job.id)
    assert kernel.find(job.id).processed == 4


@pytest.mark.parametrize(("ask", "state"), [("cancel", State.CANCELLED), ("pause", State.PAUSED)])
def test_what_a_person_asked_for_beats_a_trigger(kernel, enqueue, script, ask, state):
    def does(job):
        for item in job.iterate(array(range(10))):
            if item == 4:
                getattr(kernel, ask)(job.id)

    script.does = does
    job = enqueue(interrupt_when={"at": 5})
    kernel.run(job.id)
    stopped = kernel.find(job.id)
    assert (stopped.state, stopped.processed, stopped.interrupt_when) == (state, 5, None)


def test_a_trigger_fires_once_also_for_a_worker_that_is_lost_right_then(kernel, enqueue, script, effects):
    script.does = items(6)
    for place in range(1, 12):
        job = enqueue(interrupt_when={"at": 3})
        done = run_to_end(kernel, job.id, Fault.KILLED_AFTER, place).job
        assert (done.state, done.interrupt_when) == (State.COMPLETED, None)
        assert 1 <= done.interruptions <= 2
        assert effects(job.id) == list(range(6))


@pytest.mark.parametrize(
    "when",
    [
        {"when": 5},
        {"after_items": -1},
        {"after_items": "5"},
        {"after_seconds": True},
        {"at": None},
        {"row": 1, "at": 3},
    ],
)
def test_a_trigger_that_means_nothing_is_refused(kernel, enqueue, when):
    with pytest.raises(UnknownTrigger):
        enqueue(interrupt_when=when)
    job = enqueue()
    with pytest.raises(UnknownTrigger):
        kernel.interrupt(job.id, **when)


def test_what_has_ended_cannot_be_interrupted(kernel, enqueue):
    job = enqueue()
    kernel.run(job.id)
    with pytest.raises(AlreadyFinished, match="interrupt"):
        kernel.interrupt(job.id)
    with pytest.raises(JobNotFound):
        kernel.interrupt("0123456789abcdef")
