"""What people may ask of a job, in every state that it can be in; and two who ask at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from webapp.jobs import (
    ACTIVE,
    FINISHED,
    AlreadyFinished,
    JobError,
    JobNotFound,
    NotPossible,
    State,
    TooManyActiveJobs,
)

from .conftest import LEASE, GoneForGood, counting
from .test_attempts import lose_worker, names

pytestmark = pytest.mark.usefixtures("moments")

S = State
IN_HAND = {S.RUNNING: None, S.PAUSING: "pause", S.CANCELLING: "cancel"}

CAME_TO = {
    "cancel": dict.fromkeys((S.SCHEDULED, S.QUEUED, S.BLOCKED, S.PAUSED), S.CANCELLED)
    | dict.fromkeys(IN_HAND, S.CANCELLING),
    "pause": dict.fromkeys((S.SCHEDULED, S.QUEUED, S.BLOCKED, S.PAUSED), S.PAUSED)
    | {S.RUNNING: S.PAUSING, S.PAUSING: S.PAUSING},
    "resume": {S.PAUSED: S.QUEUED, S.PAUSING: S.RUNNING},
    "retry": {S.FAILED: S.QUEUED, S.DISCARDED: S.QUEUED},
    "discard": {S.FAILED: S.DISCARDED, S.DISCARDED: S.DISCARDED},
}
"""What a job in each state comes to when it is asked; from every state that is missing, it is refused."""


@pytest.fixture
def job_in(kernel, enqueue, script):
    """Brings a new job into a state that lasts."""

    def job_in(state, **options):
        job = enqueue(**options, delay=60 if state is S.SCHEDULED else 0)
        if state is S.BLOCKED:
            set_state(kernel, job, "blocked")
        elif state is S.PAUSED:
            kernel.pause(job.id)
        elif state is S.CANCELLED:
            kernel.cancel(job.id)
        elif state in {S.COMPLETED, S.DISCARDED, S.FAILED}:
            script.does = {S.COMPLETED: lambda attempt: None, S.DISCARDED: gone, S.FAILED: gone}[state]
            kernel.run(job.id)
            if state is S.FAILED:
                set_state(kernel, job, "failed")
        return job

    return job_in


def gone(attempt):
    raise GoneForGood


def set_state(kernel, job, state):
    """For states that take a whole story to come to."""
    with kernel.writing() as session:
        session.get(type(job), job.id).state = state


def asked_in_hand(kernel, enqueue, script, state, verb):
    """Asks `verb` of a job while it is in hand in this state; answers the state right after, or the refusal."""
    found = []

    def ask(attempt):
        if IN_HAND[state]:
            getattr(kernel, IN_HAND[state])(attempt.id)
        try:
            found.append(getattr(kernel, verb)(attempt.id).state)
        except JobError as refusal:
            found.append(refusal)

    script.does = ask
    kernel.run(enqueue().id)
    return found[0]


@pytest.mark.parametrize("verb", CAME_TO)
@pytest.mark.parametrize("state", [state for state in State if state not in IN_HAND])
def test_each_verb_does_in_each_state_what_the_table_says(kernel, job_in, state, verb):
    job = job_in(state)
    assert kernel.find(job.id).state == state
    expected = CAME_TO[verb].get(state)
    if expected:
        assert getattr(kernel, verb)(job.id).state == expected
        return
    with pytest.raises(AlreadyFinished if state in FINISHED and verb in {"cancel", "pause"} else NotPossible):
        getattr(kernel, verb)(job.id)
    assert kernel.find(job.id).state == state


@pytest.mark.parametrize("verb", CAME_TO)
@pytest.mark.parametrize("state", IN_HAND)
def test_each_verb_does_to_a_job_in_hand_what_the_table_says(kernel, enqueue, script, state, verb):
    came_to, expected = asked_in_hand(kernel, enqueue, script, state, verb), CAME_TO[verb].get(state)
    assert came_to == expected if expected else isinstance(came_to, NotPossible)


@pytest.mark.parametrize("verb", CAME_TO)
def test_a_job_that_was_never_there_is_named(kernel, verb):
    with pytest.raises(JobNotFound, match="0123456789abcdef"):
        getattr(kernel, verb)("0123456789abcdef")


def test_a_refusal_is_a_sentence_about_this_job(kernel, job_in):
    with pytest.raises(NotPossible, match=r"A job that is “Waiting to start” cannot be tried again\."):
        kernel.retry(job_in(S.QUEUED).id)


def test_a_paused_job_saves_its_place_and_goes_on_from_there(kernel, enqueue, script, effects):
    pause = lambda item: kernel.pause(job.id) if item == 50 else None  # noqa: E731
    script.does = counting(up_to=100, by=10, between=pause)
    job = enqueue()
    kernel.run(job.id)
    paused = kernel.find(job.id)
    assert (paused.state, paused.processed, paused.failures, paused.interruptions) == (S.PAUSED, 60, 0, 0)
    script.does = counting(up_to=100, by=10)
    kernel.resume(job.id)
    kernel.run(job.id)
    assert effects(job.id) == list(range(100))
    assert names(kernel, job) == ["enqueued", "started", "pausing", "paused", "resuming", "resumed", "completed"]


def test_a_paused_job_stays_paused_through_housekeeping_and_deliveries(kernel, job_in, moments):
    job = job_in(S.PAUSED)
    moments(86_400)
    kernel.housekeep("main")
    assert not kernel.run(job.id)
    assert kernel.find(job.id).state == S.PAUSED


def test_a_job_that_is_resumed_before_it_has_paused_just_goes_on(kernel, enqueue, script, effects):
    def between(item):
        if item == 50:
            kernel.pause(job.id)
            kernel.resume(job.id)

    script.does = counting(up_to=100, by=10, between=between)
    job = enqueue()
    kernel.run(job.id)
    assert kernel.find(job.id).state == S.COMPLETED
    assert effects(job.id) == list(range(100))


def test_a_job_whose_worker_was_lost_while_pausing_is_paused(kernel, enqueue, script, moments):
    job = enqueue()
    lose_worker(kernel, job, script)
    kernel.pause(job.id)
    moments(LEASE + 1)
    kernel.housekeep("main")
    assert kernel.find(job.id).state == S.PAUSED


def test_a_job_that_fails_while_it_is_to_pause_is_paused_and_keeps_its_attempts(kernel, enqueue, script):
    def pause_and_fail(attempt):
        kernel.pause(attempt.id)
        raise ConnectionError

    script.does = pause_and_fail
    job = enqueue()
    kernel.run(job.id)
    assert (kernel.find(job.id).state, kernel.find(job.id).failures) == (S.PAUSED, 0)


def test_a_retried_job_has_all_its_attempts_anew_and_goes_on_from_its_checkpoint(kernel, enqueue, script, moments):
    def half(attempt):
        if attempt.cursor is None:
            with attempt.batch(50, processed=50, total=100):
                pass
        raise ConnectionError

    script.does = half
    job = enqueue()
    for _ in range(3):
        kernel.run(job.id)
        moments(10)
        kernel.housekeep("main")
    assert kernel.find(job.id).state == S.FAILED
    again = kernel.retry(job.id)
    assert (again.failures, again.failures_by, again.processed, again.error_message) == (0, {}, 50, None)
    assert again.completed_at is None
    kernel.run(job.id)
    assert kernel.find(job.id).state == S.SCHEDULED, "a failure is tried again as at the first time"


@pytest.mark.parametrize(("state", "verb"), [(S.PAUSED, "resume"), (S.FAILED, "retry"), (S.DISCARDED, "retry")])
def test_the_limit_of_active_jobs_holds_for_those_that_come_back(kernel, enqueue, job_in, state, verb):
    job = job_in(state)
    others = [enqueue() for _ in range(10)]
    with pytest.raises(TooManyActiveJobs, match="10 active jobs"):
        getattr(kernel, verb)(job.id)
    assert kernel.find(job.id).state == state
    kernel.cancel(others[0].id)
    assert getattr(kernel, verb)(job.id).state == S.QUEUED


def test_jobs_that_are_nobodys_are_not_counted_when_they_come_back(kernel, enqueue):
    paused = [enqueue(owner=None) for _ in range(12)]
    for job in paused:
        kernel.pause(job.id)
    assert {kernel.resume(job.id).state for job in paused} == {S.QUEUED}


@pytest.mark.parametrize(("state", "verb"), [(S.PAUSED, "resume"), (S.FAILED, "retry")])
def test_a_job_that_comes_back_is_delivered_at_once(kernel, job_in, state, verb):
    job = job_in(state)
    kernel.engines["main"].huey.storage.flush_queue()
    getattr(kernel, verb)(job.id)
    assert kernel.engines["main"].waiting() == 1


def test_racing_requests_to_come_back_cannot_both_take_the_last_place(kernel, enqueue):
    paused = [enqueue() for _ in range(5)]
    for job in paused:
        kernel.pause(job.id)
    for _ in range(9):
        enqueue()

    def resume(job):
        try:
            return kernel.resume(job.id).state == S.QUEUED
        except TooManyActiveJobs:
            return False

    with ThreadPoolExecutor(5) as threads:
        assert sum(threads.map(resume, paused)) == 1


@pytest.mark.parametrize("verbs", [("pause", "cancel"), ("cancel", "resume"), ("pause", "pause"), ("cancel", "cancel")])
def test_two_who_ask_at_once_leave_a_state_that_one_of_them_asked_for(kernel, enqueue, verbs):
    for _ in range(5):
        job = enqueue()

        def ask(verb, job=job):
            try:
                return getattr(kernel, verb)(job.id)
            except JobError as refusal:
                return refusal

        with ThreadPoolExecutor(2) as threads:
            list(threads.map(ask, verbs))
        assert kernel.find(job.id).state in {S.PAUSED, S.CANCELLED}
        if "cancel" in verbs:
            assert kernel.find(job.id).state == S.CANCELLED
        elif kernel.find(job.id).state in ACTIVE | {S.PAUSED}:
            kernel.cancel(job.id)


def test_a_request_that_races_with_a_worker_is_either_taken_or_says_why_not(kernel, enqueue, script):
    script.does = counting(up_to=10, by=1)
    for _ in range(10):
        job = enqueue()

        def cancel(job=job):
            try:
                return kernel.cancel(job.id).state
            except AlreadyFinished:
                return None

        with ThreadPoolExecutor(2) as threads:
            ran, asked = threads.submit(kernel.run, job.id), threads.submit(cancel)
            ran.result()
        ended = kernel.find(job.id).state
        assert ended in {S.CANCELLED, S.COMPLETED}
        assert ended == S.COMPLETED or asked.result() is not None


def test_discarding_gives_a_failed_job_up_and_its_error_stays(kernel, job_in):
    job = job_in(S.FAILED)
    error = kernel.find(job.id).error_message
    kernel.discard(job.id)
    assert (kernel.find(job.id).state, kernel.find(job.id).error_message) == (S.DISCARDED, error)
