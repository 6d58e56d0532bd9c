"""What falls due: each time makes one job, however many schedulers there are and whatever the clock does."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial

import pytest
from sqlalchemy import event, select

from webapp.jobs import Attempt, Job, Limit, Schedule, State, clock, job
from webapp.jobs.models import JobOccurrence, JobSchedule
from webapp.jobs.scheduler import Scheduler

from .conftest import scripted
from .scheduling import DAY, HOUR, HOURLY, NOON, greets, jobs, occurrences, put_schedule
from .storages import on_sqlite_only


@job("tests.one_at_a_time", limit=Limit("one", on_conflict="refuse"))
def one_at_a_time(job: Attempt) -> None:
    """Refuses a second one."""


@pytest.fixture
def forward():
    with clock.held(NOON + 1) as forward:
        yield forward


@pytest.fixture
def put(kernel):
    return partial(put_schedule, kernel)


def test_a_schedule_makes_a_job_when_its_time_comes_and_not_before(kernel, put, forward):
    put(HOURLY)
    forward(HOUR - 2)
    kernel.housekeep("main")
    assert jobs(kernel) == []
    forward(1)
    kernel.housekeep("main")
    (made,) = jobs(kernel)
    assert (made.state, made.title, made.kind, made.subject_id) == (State.QUEUED, "Hourly", "schedule", "Hourly")
    assert occurrences(kernel) == [(NOON + HOUR, made.id)]
    assert kernel.engines["main"].waiting() == 1


def test_its_jobs_have_its_arguments_title_subject_and_owner(kernel, put, forward):
    greeting = {"arguments": {"whom": "Ada"}, "title": "Greet Ada", "subject": ("flow", 7), "owner": 1}
    put(Schedule("Greet", greets, every=60, **greeting))
    forward(60)
    kernel.housekeep("main")
    (made,) = jobs(kernel)
    assert (made.arguments, made.title, made.kind, made.subject_id) == ({"whom": "Ada"}, "Greet Ada", "flow", "7")
    assert made.owner_id == 1


@pytest.mark.parametrize("start", [datetime(2026, 3, 28, tzinfo=UTC), datetime(2026, 10, 24, tzinfo=UTC)])
def test_three_schedulers_at_once_make_one_job_each_time_through_a_change_of_the_clock(
    make_kernel, put, forward, start
):
    forward(start.timestamp() - clock.now())
    for zone in ("Europe/Berlin", "America/New_York"):
        put(Schedule(zone, scripted, cron="*/30 * * * *", zone=zone))
    kernels = [make_kernel() for _ in range(3)]
    schedulers = [Scheduler(kernel) for kernel in kernels]
    with ThreadPoolExecutor(3) as threads:
        for _ in range(96):
            forward(1800)
            list(threads.map(Scheduler.round, schedulers))
    for zone in ("Europe/Berlin", "America/New_York"):
        found = occurrences(kernels[0], zone)
        assert [due for due, _ in found] == [start.timestamp() + 1800 * n for n in range(1, 97)]
        assert len({job_id for _, job_id in found}) == 96
    assert len(jobs(kernels[0])) == 2 * 96


def test_the_job_and_its_row_are_written_together_or_not_at_all(kernel, put, forward, engine):
    put(HOURLY)

    def no_room(_connection, _cursor, statement, *_rest):
        if statement.startswith("INSERT INTO job_occurrences"):
            raise OSError

    event.listen(engine, "before_cursor_execute", no_room)
    forward(HOUR)
    kernel.housekeep("main")
    assert (jobs(kernel), occurrences(kernel)) == ([], [])
    event.remove(engine, "before_cursor_execute", no_room)
    forward(2)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == len(occurrences(kernel)) == 1


@pytest.mark.parametrize(("missed", "made"), [("skip", 0), ("run_once", 1)])
def test_what_was_missed_in_an_hour_of_downtime_follows_the_policy(kernel, put, forward, missed, made):
    put(Schedule("Hourly", scripted, cron="*/10 * * * *", missed=missed))
    forward(HOUR + 5 * 60)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == made
    ((due, _),) = occurrences(kernel)
    assert due == NOON + HOUR
    forward(5 * 60)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == made + 1, "the next time is as ever"


def test_a_time_that_was_skipped_says_so(kernel, put, forward):
    put(HOURLY)
    forward(HOUR + 30 * 60)
    kernel.housekeep("main")
    with kernel.reading() as session:
        (skipped,) = kernel.schedules.occurrences(session, "Hourly")
    assert (skipped.job_id, skipped.reason) == (None, "It was missed by 30 minutes, and is skipped.")


def test_a_scheduler_that_comes_a_little_late_has_missed_nothing(kernel, put, forward):
    put(HOURLY)
    forward(HOUR + 59)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 1


@pytest.mark.parametrize("step", [HOUR, 2 * DAY])
def test_a_clock_that_goes_forward_and_back_repeats_no_time_and_stops_nothing(make_kernel, put, forward, step):
    put(HOURLY)
    kernel = make_kernel()
    forward(HOUR - 1)
    kernel.housekeep("main")
    forward(step)
    kernel.housekeep("main")
    forward(-step)
    kernel.housekeep("main")
    for _ in range(4):
        forward(HOUR)
        kernel.housekeep("main")
    due = [due for due, _ in occurrences(kernel)]
    assert len(due) == len(set(due))
    assert {NOON + HOUR * n for n in (1, 2, 3, 4, 5)} <= set(due)


@pytest.mark.parametrize("step", [HOUR, 2 * DAY])
def test_a_clock_that_goes_back_repeats_no_time_and_goes_on_from_there(kernel, put, forward, step):
    put(HOURLY)
    for _ in range(3):
        forward(HOUR)
        kernel.housekeep("main")
    forward(-step)
    kernel.housekeep("main")
    for _ in range(4):
        forward(HOUR)
        kernel.housekeep("main")
    due = [due for due, _ in occurrences(kernel)]
    back = [NOON + 3 * HOUR - step + HOUR * n for n in (1, 2, 3, 4)]
    assert sorted(due) == sorted({NOON + HOUR * n for n in (1, 2, 3)} | set(back))


def test_a_job_that_cannot_be_enqueued_leaves_its_reason_and_does_not_stop_the_next(kernel, put, forward):
    put(Schedule("Hourly", one_at_a_time, every=HOUR))
    for _ in range(2):
        forward(HOUR)
        kernel.housekeep("main")
    (made,) = jobs(kernel)
    with kernel.reading() as session:
        refused, done = kernel.schedules.occurrences(session, "Hourly")
    assert (done.job_id, refused.job_id) == (made.id, None)
    assert "is at it already" in refused.reason
    kernel.run(made.id)
    forward(HOUR)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 2


def test_a_schedule_whose_handler_is_unknown_here_is_left_to_a_worker_that_knows_it(kernel, put, forward):
    put(HOURLY)
    rename_handler(kernel, "tests.unheard_of")
    forward(HOUR)
    kernel.housekeep("main")
    assert occurrences(kernel) == []
    rename_handler(kernel, "tests.scripted")
    forward(10)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 1


def test_one_that_cannot_be_seen_to_holds_no_other_back_and_is_logged_once_in_a_while(kernel, put, forward, caplog):
    put(HOURLY)
    put(Schedule("Broken", scripted, every=HOUR))
    with kernel.writing() as session:
        session.get(JobSchedule, "Broken").rule = "now and then"
    for _ in range(3):
        forward(HOUR if not jobs(kernel) else 2)
        kernel.housekeep("main")
    assert [made.title for made in jobs(kernel)] == ["Hourly"]
    assert caplog.text.count("now and then") == 1


@on_sqlite_only
def test_a_chore_that_fails_does_not_keep_the_schedules_from_their_times(kernel, put, forward, caplog):
    put(HOURLY)
    kernel.engines["main"].huey.storage.sql("drop table task", commit=True)
    forward(HOUR)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 1
    assert "housekeeping failed and goes on" in caplog.text


def test_times_of_schedules_survive_their_jobs(kernel, put, forward):
    put(HOURLY)
    forward(HOUR)
    kernel.housekeep("main")
    (made,) = jobs(kernel)
    kernel.run(made.id)
    forward(31 * DAY)
    kernel.prune()
    with kernel.reading() as session:
        assert session.scalar(select(Job.id)) is None
        assert session.scalar(select(JobOccurrence.job_id)) == made.id


def rename_handler(kernel, name):
    with kernel.writing() as session:
        session.get(JobSchedule, "Hourly").handler = name
