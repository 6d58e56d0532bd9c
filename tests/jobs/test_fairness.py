"""Who is next: nobody waits for all the jobs of somebody else."""

import pytest

from webapp.jobs import State

MANY = 100


@pytest.fixture
def kernel(make_kernel):
    return make_kernel(active_limit=MANY)


@pytest.fixture
def taken(script):
    """Whose jobs ran, in order."""
    taken = []
    script.does = lambda attempt: taken.append(attempt.owner_id)
    return taken


def while_running(kernel, script, taken, then):
    """The first job stays in hand while `then` goes on, as with a second worker; the others note whose they are."""

    def first(attempt):
        taken.append(attempt.owner_id)
        script.does = lambda attempt: taken.append(attempt.owner_id)
        then()

    script.does = first
    assert kernel.run_next("main")


def test_one_worker_takes_those_who_wait_longest_first(kernel, enqueue, taken, moments):
    for owner in (1, 1, 2, None, 3):
        enqueue(owner=owner)
        moments(1)
    while kernel.run_next("main"):
        pass
    assert taken == [1, 1, 2, None, 3]


def test_anothers_first_job_is_taken_before_the_rest_of_a_hundred(kernel, enqueue, script, moments):
    taken = []
    for _ in range(MANY):
        enqueue(owner=1)
        moments(1)
    enqueue(owner=2)
    while_running(kernel, script, taken, lambda: kernel.run_next("main"))
    assert taken == [1, 2]


def test_two_workers_share_themselves_among_all_who_wait(kernel, enqueue, script, moments):
    taken = []
    for owner in (*(1,) * 10, 2, 3, 2):
        enqueue(owner=owner)
        moments(1)

    def second_worker():
        for _ in range(3):
            kernel.run_next("main")

    while_running(kernel, script, taken, second_worker)
    assert taken == [1, 2, 3, 2]


def test_a_worker_does_not_stand_idle_when_all_who_wait_have_something_running(kernel, enqueue, script, moments):
    taken = []
    for _ in range(3):
        enqueue(owner=1)
        moments(1)
    while_running(kernel, script, taken, lambda: kernel.run_next("main"))
    assert taken == [1, 1]


def test_jobs_that_are_nobodys_are_held_back_by_no_one(kernel, enqueue, script, moments):
    taken = []
    for owner in (None, 1, None, 1):
        enqueue(owner=owner)
        moments(1)
    while_running(kernel, script, taken, lambda: [kernel.run_next("main") for _ in range(2)])
    assert taken == [None, 1, None]


def test_a_person_without_running_jobs_goes_before_one_who_waits_longer(kernel, enqueue, script, moments):
    taken = []
    for owner in (1, 1, None, 2):
        enqueue(owner=owner)
        moments(1)
    while_running(kernel, script, taken, lambda: [kernel.run_next("main") for _ in range(3)])
    assert taken == [1, None, 2, 1]


def test_a_job_that_is_not_due_is_not_taken(kernel, enqueue, moments):
    enqueue(delay=60)
    assert not kernel.run_next("main")


def test_a_job_that_was_interrupted_goes_back_to_the_end_of_its_line(kernel, enqueue, script, moments):
    asked, order = [], []
    kernel.engines["main"].huey.hooks.stopping.append(lambda: bool(asked))

    def run(attempt):
        order.append(attempt.id)
        if len(order) == 1:
            moments(1)
            asked.append(True)
        attempt.report("Working")

    script.does = run
    first, second = enqueue(owner=1), enqueue(owner=1)
    kernel.run_next("main")
    asked.clear()
    while kernel.run_next("main"):
        pass
    assert sorted([first.id, second.id]) == sorted(order[:2])
    assert order[2] == order[0]
    assert kernel.find(order[0]).state == State.COMPLETED
