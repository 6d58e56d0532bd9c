"""A clock that is set forward or back, an hour or two days: nothing is lost, done twice, or waits for the clock."""

import pytest

from webapp.jobs import Attempt, Limit, Schedule, State, clock, explain, job, jobs_of, workers_alive

from .conftest import LEASE, SCRIPT, counting, scripted
from .test_attempts import lose_worker

HOUR, DAYS = 3600.0, 2 * 86_400.0
BACK = [-HOUR, -DAYS]
BOTH = [HOUR, DAYS, *BACK]
SECOND, FULL_HOUR = 1.0, 1_779_998_400.0


@job("tests.one_berth", limit=Limit("berth"))
def one_berth(job: Attempt) -> None:
    """One at a time."""
    SCRIPT.does(job)


@pytest.fixture
def held():
    with clock.held(FULL_HOUR) as held:
        yield held


@pytest.fixture
def pass_time(kernel, held):
    """Lets so many seconds pass, with the housekeeping of each."""

    def pass_time(seconds):
        for _ in range(round(seconds)):
            held(SECOND)
            kernel.housekeep("main")

    return pass_time


@pytest.fixture
def run_next(kernel):
    return lambda: kernel.run_next("main")


@pytest.mark.parametrize("step", BOTH)
def test_a_dead_worker_s_job_comes_back_within_two_leases(kernel, enqueue, script, held, pass_time, step):
    kernel.housekeep("main")
    job = enqueue()
    lose_worker(kernel, job, script)
    held.set(step)
    pass_time(2 * LEASE + 2)
    lost = kernel.find(job.id)
    assert (lost.state, lost.interruptions, lost.failures) == (State.QUEUED, 1, 0)


def test_a_consumer_that_starts_behind_a_clock_that_was_set_back_takes_up_what_the_last_one_left(
    kernel, enqueue, script, held, pass_time
):
    job = enqueue()
    lose_worker(kernel, job, script)
    held.set(-DAYS)
    pass_time(LEASE + 2)
    assert kernel.find(job.id).state == State.QUEUED


@pytest.mark.parametrize("step", BOTH)
def test_a_worker_that_lives_keeps_its_job(kernel, enqueue, script, effects, held, pass_time, step):
    def between(item):
        pass_time(1)
        if item == 50:
            held.set(step)
            pass_time(LEASE / 3)

    kernel.housekeep("main")
    script.does = counting(up_to=300, by=10, between=between)
    job = enqueue()
    kernel.run(job.id)
    done = kernel.find(job.id)
    assert (done.state, done.interruptions, done.failures) == (State.COMPLETED, 0, 0)
    assert effects(job.id) == list(range(300))


@pytest.mark.parametrize("step", BOTH)
def test_an_attempt_that_lost_its_job_for_the_clock_s_sake_changes_nothing_more(
    kernel, enqueue, script, effects, held, pass_time, step
):
    def between(item):
        if item == 50 and kernel.find(job.id).interruptions == 0:
            held.set(step)
            pass_time(2 * LEASE + 2)
            kernel.run(job.id)

    kernel.housekeep("main")
    script.does = counting(up_to=100, by=10, between=between)
    job = enqueue()
    kernel.run(job.id)
    done = kernel.find(job.id)
    assert (done.state, done.processed, done.interruptions) == (State.COMPLETED, 100, 1)
    assert effects(job.id) == list(range(100))


@pytest.mark.parametrize("step", BACK)
def test_a_retry_waits_its_time_once_more_at_the_longest(kernel, enqueue, script, held, pass_time, step):
    script.does = lambda attempt: 1 / 0
    kernel.housekeep("main")
    job = enqueue()
    kernel.run(job.id)
    pass_time(5)
    held.set(step)
    kernel.housekeep("main")
    with kernel.reading() as session:
        assert explain(session, kernel.find(job.id)) == "Attempt 2 of 3 in 10 s."
    pass_time(10)
    assert kernel.find(job.id).state == State.QUEUED


@pytest.mark.parametrize("step", BOTH)
def test_a_job_that_was_asked_for_with_a_delay_starts_no_later_than_after_twice_that(
    kernel, enqueue, held, pass_time, step
):
    kernel.housekeep("main")
    job = enqueue(delay=100)
    pass_time(90)
    held.set(step)
    pass_time(102)
    assert kernel.find(job.id).state == State.QUEUED


@pytest.mark.parametrize("step", BOTH)
def test_jobs_that_wait_keep_their_order_and_come_before_those_that_are_asked_for_later(
    kernel, enqueue, script, held, pass_time, run_next, step
):
    done = []
    script.does = lambda attempt: done.append(attempt.id)
    kernel.housekeep("main")
    first, second = enqueue().id, (held(SECOND), enqueue().id)[1]
    held.set(step)
    pass_time(1)
    held(SECOND)
    third = enqueue().id
    while run_next():
        held(SECOND)
    assert done == [first, second, third]


@pytest.mark.parametrize("step", BOTH)
def test_a_job_that_waits_for_a_slot_gets_it_when_its_holder_ends(kernel, script, held, pass_time, run_next, step):
    def ask():
        with kernel.writing() as session:
            return kernel.enqueue(session, one_berth, owner=1, subject=("test", 1), title="A berth").id

    def hold(attempt):
        second.append(ask())
        script.does = lambda attempt: None
        assert not run_next()
        held.set(step)
        pass_time(LEASE / 3)
        assert kernel.find(second[0]).state == State.BLOCKED

    kernel.housekeep("main")
    script.does, second = hold, []
    first = ask()
    run_next()
    pass_time(1)
    run_next()
    assert [kernel.find(job_id).state for job_id in (first, *second)] == [State.COMPLETED] * 2


@pytest.mark.parametrize("rule", [{"every": 3600}, {"cron": "0 * * * *", "zone": "Europe/Berlin"}])
@pytest.mark.parametrize("step", BOTH)
def test_a_schedule_goes_on_from_the_new_time_and_repeats_none(kernel, held, rule, step):
    with kernel.writing() as session:
        kernel.schedules.put(session, Schedule("Hourly", scripted, **rule))
    for passing in [HOUR] * 3 + [0.0] + [HOUR] * 4:
        held(passing)
        held.set(step if passing == 0 else 0)
        kernel.housekeep("main")
    with kernel.reading() as session:
        due = [row.due_at for row in kernel.schedules.occurrences(session, "Hourly", limit=100)]
        made = [job.id for job in session.scalars(jobs_of())]
    assert len(due) == len(set(due))
    assert {clock.now() - clock.now() % HOUR - n * HOUR for n in range(3)} <= set(due)
    assert len(made) >= 4


@pytest.mark.parametrize("step", BACK)
def test_a_consumer_that_is_gone_does_not_count_as_alive_until_the_clock_is_where_it_was(
    kernel, make_kernel, held, step
):
    def alive():
        with kernel.reading() as session:
            return workers_alive(session, clock.now())

    kernel.housekeep("main")
    assert alive() == 1
    held.set(step)
    assert alive() == 0
    make_kernel().housekeep("main")
    assert alive() == 1, "the one that lives has signed in again"


@pytest.mark.parametrize("step", BOTH)
def test_a_job_that_lets_time_pass_lets_no_more_pass_than_it_was_to(kernel, enqueue, script, held, step):
    passed = []
    kernel.engines["main"].huey.hooks.stopping.append(lambda: bool(passed.append(clock.monotonic())))

    def wait(attempt):
        attempt.wait(1)
        held.set(step)
        attempt.wait(1)

    script.does = wait
    kernel.run(enqueue().id)
    assert passed[-1] - passed[0] < 3


@pytest.mark.parametrize("step", BOTH)
def test_progress_is_still_shown(kernel, enqueue, script, held, step):
    def work(attempt):
        attempt.report(processed=1, total=3)
        held.set(step)
        held(SECOND)
        attempt.report(processed=2, total=3)
        shown.append(kernel.status.read("test", "1", attempt.id)["processed"])

    script.does, shown = work, []
    kernel.run(enqueue().id)
    assert shown == [2]


def test_a_small_correction_of_the_clock_changes_nothing(kernel, enqueue, script, held, pass_time, caplog):
    kernel.housekeep("main")
    waiting, queued = enqueue(delay=100), enqueue()
    held.set(-2)
    before = [(kernel.find(job.id).run_at, kernel.find(job.id).revision) for job in (waiting, queued)]
    pass_time(1)
    assert [(kernel.find(job.id).run_at, kernel.find(job.id).revision) for job in (waiting, queued)] == before
    assert "set back" not in caplog.text
