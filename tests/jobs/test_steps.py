"""Jobs in steps: each done once, whatever happens on the way, and none left out."""

from collections.abc import Callable
from typing import Any

import pytest

from webapp.jobs import Attempt, State, array, clock, history, sweep
from webapp.jobs.testing import Fault, Killed, prove, run_to_end

from .conftest import put


def items_of(*parts: range) -> list[int]:
    return [item for part in parts for item in part]


def three_steps(job: Attempt) -> dict[str, int]:
    """One step by iteration, one in a single transaction, one by batches with cursors of its own."""

    @job.step("load")
    def load(step):
        for batch in step.iterate(array(range(10)), size=4):
            with step.batch() as session:
                put(session, job.id, batch)

    @job.step("sum up")
    def sum_up(step):
        with step.batch() as session:
            put(session, job.id, [100])

    @job.step("send")
    def send(step):
        for first in range(step.cursor or 200, 206, 2):
            with step.batch(first + 2) as session:
                put(session, job.id, range(first, first + 2))

    return {"steps": 3}


ALL = items_of(range(10), [100], range(200, 206))


@pytest.fixture
def run(kernel, enqueue, script) -> Callable[..., Any]:
    """Runs a job that does this, once; answers it."""

    def run(does: Callable[[Attempt], Any], job: Any = None) -> Any:
        script.does = does
        job = job or enqueue()
        kernel.run(job.id)
        return kernel.find(job.id)

    return run


@pytest.fixture
def interrupted_in_load(kernel, enqueue, script):
    """A job with the steps `load`, `sum up` and `send` that stopped in the first of them, at 4."""
    script.does = three_steps
    job = enqueue(interrupt_when={"step": "load", "at": 4})
    kernel.run(job.id)
    return job


def test_steps_are_done_in_their_order(run, effects):
    done = run(three_steps)
    assert (done.state, done.result) == (State.COMPLETED, {"steps": 3})
    assert effects(done.id) == ALL


def test_steps_have_their_effects_once_wherever_they_are_stopped(kernel, enqueue, script, effects):
    script.does = three_steps
    plain = prove(kernel, enqueue, lambda job: effects(job.id))
    assert (plain.attempts, effects(plain.job.id)) == (1, ALL)


def test_a_checkpoint_names_the_steps_behind_it_the_one_in_hand_and_the_cursor_there(kernel, interrupted_in_load):
    assert kernel.find(interrupted_in_load.id).cursor == '{"at": 4, "done": [], "step": "load"}'


def test_a_step_that_is_done_is_not_begun_again(kernel, enqueue, script, effects):
    begun = []

    def two(job):
        for name in ("one", "two"):
            job.step(name)(lambda step: begun.append(step.name))

    script.does = two
    run_to_end(kernel, enqueue().id, Fault.INTERRUPTED)
    assert begun == ["one", "two"]


def test_what_is_written_between_steps_runs_in_every_attempt(kernel, enqueue, script):
    seen = []

    def two(job):
        seen.append("before")
        job.step("one")(lambda step: None)
        job.step("two")(lambda step: None)

    script.does = two
    course = run_to_end(kernel, enqueue().id, Fault.INTERRUPTED)
    assert len(seen) == course.attempts == 3


def test_a_step_without_a_batch_is_saved_at_its_end(run):
    def note(job):
        job.step("note")(lambda step: None)
        raise ConnectionError

    assert run(note).cursor == '{"at": null, "done": ["note"], "step": null}'


def test_the_cursor_of_a_step_is_not_that_of_the_step_before(run):
    cursors = []

    def two(job):
        @job.step("one")
        def one(step):
            with step.batch(7):
                cursors.append(step.cursor)
            cursors.append(step.cursor)

        job.step("two")(lambda step: cursors.append(step.cursor))

    run(two)
    assert cursors == [None, 7, None]


def test_progress_goes_on_over_all_steps_and_never_back(run):
    told = []

    def two(job):
        for name in ("one", "two"):

            @job.step(name)
            def work(step):
                for item in step.iterate(array("abc")):
                    with step.batch():
                        told.append(item)
                    told.append((job.processed, job.total))

    done = run(two)
    assert told[1::2] == [(1, 3), (2, 3), (3, 3), (4, 6), (5, 6), (6, 6)]
    assert (done.processed, done.total) == (6, 6)


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        (["loading", "sum up", "send"], "the step “load” was to be next, not “loading”"),
        (["sum up", "send"], "the step “load” was to be next, not “sum up”"),
        ([], "the step “load” was to be next, not its end"),
    ],
)
def test_a_job_whose_step_in_hand_is_gone_is_given_up_and_says_so(run, interrupted_in_load, steps, words):
    def others(job):
        for name in steps:
            job.step(name)(lambda step: None)

    given_up = run(others, interrupted_in_load)
    assert given_up.state == State.DISCARDED
    assert given_up.error_message == f"Its steps have changed since it stopped: {words}. Start it anew."


@pytest.mark.parametrize("steps", [["b", "a", "c"], ["b", "c"], ["x", "a", "b", "c"], ["a"], ["a", "c", "b"]])
def test_a_job_whose_finished_steps_are_others_now_is_given_up(kernel, enqueue, run, steps):
    def named(*names):
        def work(job):
            for name in names:
                job.step(name)(lambda step: None)

        return work

    job = run(named("a", "b", "c"), enqueue(interrupt_when={"step": "b"}))
    assert job.state == State.QUEUED
    given_up = run(named(*steps), job)
    assert (given_up.state, given_up.failures) == (State.DISCARDED, 1)
    assert "steps have changed" in given_up.error_message


def test_a_job_may_have_more_steps_at_its_end_than_when_it_stopped(run, enqueue):
    def one(job):
        job.step("a")(lambda step: None)

    def two(job):
        one(job)
        job.step("b")(lambda step: None)

    job = run(one, enqueue(interrupt_when={"step": "a"}))
    assert job.state == State.QUEUED
    assert run(two, job).state == State.COMPLETED


def test_a_job_whose_steps_came_back_goes_on_when_someone_tries_it_again(kernel, run, interrupted_in_load, effects):
    assert run(lambda job: None, interrupted_in_load).state == State.DISCARDED
    kernel.retry(interrupted_in_load.id)
    assert run(three_steps, interrupted_in_load).state == State.COMPLETED
    assert effects(interrupted_in_load.id) == ALL


def inside(job):
    job.step("a")(lambda step: job.step("b")(lambda inner: None))


def twice(job):
    for _ in range(2):
        job.step("a")(lambda step: None)


def beside(job):
    with job.batch(1):
        pass
    job.step("a")(lambda step: None)


def around(job):
    @job.step("a")
    def a(step):
        with job.batch(1):
            pass


def behind(job):
    job.step("a")(lambda step: None)
    with job.batch(1):
        pass


def beyond(job):
    @job.step("a")
    def a(step):
        for _ in range(2):
            with step.batch():
                pass


MISTAKES = {
    inside: "StepInStep",
    twice: "StepRepeated",
    beside: "StylesMixed",
    around: "StylesMixed",
    behind: "StylesMixed",
    beyond: "StepEnded",
}


@pytest.mark.parametrize(("does", "name"), MISTAKES.items(), ids=[each.__name__ for each in MISTAKES])
def test_steps_that_cannot_work_are_never_tried_again_and_the_author_is_told(kernel, run, does, name):
    given_up = run(does)
    assert (given_up.state, given_up.failures) == (State.DISCARDED, 1)
    assert name not in given_up.error_message
    with kernel.reading() as session:
        assert history(session, given_up.id)[-1].detail.startswith(name)


def test_a_step_in_which_a_worker_is_lost_again_and_again_is_named_with_its_cursor(kernel, enqueue, script):

    def poisoned(job):
        job.step("load")(lambda step: None)

        @job.step("bill")
        def bill(step):
            for item in step.iterate(array(range(10))):
                if item == 3:
                    raise Killed
                with step.batch():
                    pass

    script.does = poisoned
    with clock.held(1_000_000) as forward:
        job = enqueue()
        for _ in range(3):
            with pytest.raises(Killed):
                kernel.run(job.id)
            forward(100)
            sweep.rescue(kernel.writing)
    failed = kernel.find(job.id)
    assert failed.state == State.FAILED
    assert "in the step “bill”, after 3 rows, at 3" in failed.error_message
    assert failed.processed == 3
