"""A worker goes from job to job: the transaction that completes one takes the next along."""

import time
from contextlib import contextmanager

import pytest

from webapp.jobs import Attempt, Limit, State, history, job, status

from .conftest import GoneForGood


@job("tests.alone", limit=Limit("alone"))
def alone(_attempt: Attempt) -> None:
    """One at a time."""


@pytest.fixture
def states(kernel):
    return lambda jobs: [kernel.find(each.id).state for each in jobs]


class Dead(BaseException):
    """The worker dies."""


@pytest.fixture
def writes(kernel, monkeypatch):
    """Counts the write transactions; a worker dies before the commit of the one that is numbered `dies_at`."""
    writing = kernel.writing

    class Writes:
        count, dies_at = 0, 0

        @contextmanager
        def __call__(self):
            self.count += 1
            with writing() as session:
                yield session
                if self.count == self.dies_at:
                    raise Dead

    writes = Writes()
    monkeypatch.setattr(kernel, "writing", writes)
    return writes


def test_a_worker_does_all_that_wait_one_after_the_other(kernel, enqueue, script, states):
    order = []
    script.does = lambda attempt: order.append(attempt.owner_id)
    jobs = [enqueue(owner=owner) for owner in (1, 2, 3)]
    kernel.work("main")
    assert order == [1, 2, 3]
    assert states(jobs) == [State.COMPLETED] * 3


def test_a_job_among_many_takes_one_write_transaction(kernel, enqueue, writes):
    for _ in range(5):
        enqueue()
    writes.count = 0
    kernel.work("main")
    assert writes.count == 5 + 1


def test_each_job_uses_up_one_message(kernel, enqueue):
    engine = kernel.engines["main"]
    for _ in range(5):
        enqueue()
    engine.huey.execute(engine.huey.dequeue())
    assert engine.waiting() == 0


def test_a_job_that_comes_meanwhile_is_done_too(kernel, enqueue, script, states):
    later = []

    def ask_for_another(_attempt):
        if not later:
            later.append(enqueue(owner=2))

    script.does = ask_for_another
    enqueue()
    kernel.work("main")
    assert states(later) == [State.COMPLETED]
    assert kernel.engines["main"].waiting() == 1


def test_a_worker_that_is_asked_to_stop_takes_no_other_job_along(kernel, enqueue, script, states):
    asked = []
    kernel.engines["main"].huey.hooks.stopping.append(lambda: bool(asked))
    script.does = asked.append
    jobs = [enqueue(), enqueue()]
    kernel.work("main")
    assert sorted(states(jobs)) == [State.COMPLETED, State.QUEUED]


@pytest.mark.parametrize("error", [ConnectionError(), GoneForGood()])
def test_a_job_that_fails_takes_none_along_for_its_hooks_may_take_long(kernel, enqueue, script, states, error):
    def fail(_attempt):
        raise error

    script.does = fail
    jobs = [enqueue(), enqueue()]
    kernel.work("main")
    assert states(jobs).count(State.QUEUED) == 1
    assert kernel.engines["main"].waiting() == 2


def test_a_job_that_waited_for_the_slot_of_this_one_is_taken_along(kernel, states):
    def ask():
        with kernel.writing() as session:
            return kernel.enqueue(session, alone, owner=None, subject=("test", 1), title="A test")

    jobs = [ask(), ask()]
    kernel.work("main")
    assert states(jobs) == [State.COMPLETED] * 2
    with kernel.reading() as session:
        assert [event.name for event in history(session, jobs[1].id)] == ["enqueued", "started", "completed"]


def test_if_the_end_of_one_is_not_committed_the_next_is_not_taken(kernel, enqueue, states, writes):
    jobs = [enqueue(), enqueue()]
    writes.count, writes.dies_at = 0, 2
    with pytest.raises(Dead):
        kernel.work("main")
    assert sorted(states(jobs)) == [State.QUEUED, State.RUNNING]
    assert kernel.engines["main"].waiting() == 2


def test_a_cache_that_is_gone_stops_no_job(kernel, enqueue, states, monkeypatch, caplog):
    def gone(*_values, **_options):
        raise ConnectionError("no cache")

    monkeypatch.setattr(kernel.status._cache, "set_many", gone)
    jobs = [enqueue(), enqueue()]
    kernel.work("main")
    assert states(jobs) == [State.COMPLETED] * 2
    assert "not shown yet: no cache" in caplog.text


def test_what_is_taken_along_is_shown_while_it_runs(kernel, enqueue, script):
    script.does = lambda attempt: shown_as(kernel, attempt.id, "running")
    enqueue()
    last = enqueue()
    kernel.work("main")
    shown_as(kernel, last.id, "completed")


def test_what_ends_at_once_is_shown_at_its_end_only(kernel, enqueue, monkeypatch):
    shown = []
    monkeypatch.setattr(status, "MOMENT", 60.0)
    jobs = [enqueue() for _ in range(3)]
    monkeypatch.setattr(status, "picture", lambda job: shown.append((job.id, job.state)))
    kernel.work("main")
    kernel.status._timer.cancel()
    assert shown[0] == (jobs[0].id, State.RUNNING)
    assert sorted(shown[1:]) == sorted((job.id, State.COMPLETED) for job in jobs)


def shown_as(kernel, job_id, state):
    deadline = time.monotonic() + 30
    while kernel.status.read("test", "1", job_id)["state"] != state:
        assert time.monotonic() < deadline, f"never shown as {state}"
        time.sleep(0.01)
