"""Steps with an attempt of their own."""

from webapp.jobs import history
from webapp.jobs.testing import run_to_end


def test_an_isolated_step_shares_its_attempt_with_no_other(kernel, enqueue, script):
    attempts = {}

    def work(job):
        for name in ("a", "b", "alone", "c", "d"):
            job.step(name, isolated=name == "alone")(lambda step, name=name: attempts.update({name: job.token}))

    script.does = work
    course = run_to_end(kernel, enqueue().id)
    assert course.attempts == 3
    assert attempts["a"] == attempts["b"] < attempts["alone"] < attempts["c"] == attempts["d"]
    with kernel.reading() as session:
        said = [event.detail for event in history(session, course.job.id) if event.name == "interrupted"]
    assert said == [f"the step “{name}” begins in an attempt of its own" for name in ("alone", "c")]
    assert (course.job.failures, course.job.interruptions) == (0, 2)


def test_an_isolated_step_that_comes_first_begins_at_once(kernel, enqueue, script):
    script.does = lambda job: job.step("alone", isolated=True)(lambda step: None)
    assert run_to_end(kernel, enqueue().id).attempts == 1
