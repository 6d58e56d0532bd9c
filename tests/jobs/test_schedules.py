"""Schedules: declared in code or put in as data, switched on and off, changed, forgotten, run out of turn."""

from functools import partial

import pytest

from webapp.jobs import Schedule, clock
from webapp.jobs.errors import ScheduleNotFound, UnknownHandler, UnusableRule, WrongArguments

from .conftest import scripted
from .scheduling import DAY, HOUR, HOURLY, NOON, greets, jobs, put_schedule, schedule_of


@pytest.fixture
def forward():
    with clock.held(NOON + 1) as forward:
        yield forward


@pytest.fixture
def put(kernel):
    return partial(put_schedule, kernel)


def test_a_schedule_that_is_switched_off_makes_nothing_until_it_is_on_again(kernel, put, forward):
    put(HOURLY)
    kernel.schedules.disable("Hourly")
    forward(3 * HOUR)
    kernel.housekeep("main")
    assert jobs(kernel) == []
    assert kernel.schedules.enable("Hourly").next_at == NOON + 4 * HOUR
    kernel.housekeep("main")
    assert jobs(kernel) == [], "what fell due meanwhile is not made up for"
    forward(HOUR)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 1


def test_running_now_makes_a_job_and_leaves_the_next_time_as_it_is(kernel, put, forward):
    put(HOURLY)
    kernel.schedules.disable("Hourly")
    made = kernel.schedules.run_now("Hourly")
    assert kernel.run(made.id)
    kernel.schedules.enable("Hourly")
    assert schedule_of(kernel).next_at == NOON + HOUR
    forward(HOUR)
    kernel.housekeep("main")
    assert len(jobs(kernel)) == 2


@pytest.mark.parametrize("verb", ["enable", "disable", "run_now"])
def test_a_schedule_that_does_not_exist_is_named(kernel, verb):
    with pytest.raises(ScheduleNotFound, match="Weekly"):
        getattr(kernel.schedules, verb)("Weekly")


def test_declared_schedules_are_there_after_the_first_round(make_kernel, forward):
    kernel = make_kernel(schedules=[HOURLY])
    kernel.housekeep("main")
    assert (schedule_of(kernel).declared, schedule_of(kernel).next_at) == (True, NOON + HOUR)


def test_a_changed_rule_has_a_new_next_time_and_an_unchanged_one_keeps_its_own(make_kernel, forward):
    make_kernel(schedules=[HOURLY]).schedules.sync()
    forward(HOUR + 10)
    kernel = make_kernel(schedules=[HOURLY])
    kernel.schedules.sync()
    assert schedule_of(kernel).next_at == NOON + HOUR, "what fell due while nothing ran is still to be seen to"
    make_kernel(schedules=[Schedule("Hourly", scripted, every=DAY)]).schedules.sync()
    assert schedule_of(kernel).next_at == NOON + DAY / 2


def test_one_that_is_declared_no_more_is_switched_off_and_on_again_when_it_is_back(make_kernel, forward):
    kernel = make_kernel(schedules=[HOURLY])
    kernel.schedules.sync()
    make_kernel().schedules.sync()
    assert not schedule_of(kernel).enabled
    kernel.schedules.sync()
    assert schedule_of(kernel).enabled


def test_one_that_somebody_switched_off_stays_off_at_the_next_start(make_kernel, forward):
    kernel = make_kernel(schedules=[HOURLY])
    kernel.schedules.sync()
    kernel.schedules.disable("Hourly")
    make_kernel(schedules=[HOURLY]).schedules.sync()
    assert not schedule_of(kernel).enabled


def test_schedules_that_are_data_outlive_a_start(make_kernel, put, forward):
    put(HOURLY)
    kernel = make_kernel(schedules=[Schedule("Daily", scripted, every=DAY)])
    kernel.schedules.sync()
    assert schedule_of(kernel).enabled


def test_a_declared_schedule_that_cannot_be_used_stops_no_other(make_kernel, forward, caplog):
    kernel = make_kernel(schedules=[Schedule("Broken", scripted, cron="* *"), HOURLY])
    kernel.schedules.sync()
    assert schedule_of(kernel).enabled
    assert "Broken" in caplog.text


@pytest.mark.parametrize(
    ("schedule", "problem"),
    [
        (Schedule("X", scripted), UnusableRule),
        (Schedule("X", scripted, every=60, cron="* * * * *"), UnusableRule),
        (Schedule("X", "tests.unheard_of", every=60), UnknownHandler),
        (Schedule("X", greets, every=60), WrongArguments),
    ],
)
def test_data_that_cannot_be_used_is_refused(put, schedule, problem):
    with pytest.raises(problem):
        put(schedule)


def test_a_schedule_can_be_changed_and_forgotten(kernel, put, forward):
    put(HOURLY)
    put(Schedule("Hourly", scripted, every=DAY, title="Now daily"))
    assert (schedule_of(kernel).title, schedule_of(kernel).next_at) == ("Now daily", NOON + DAY / 2)
    with kernel.writing() as session:
        kernel.schedules.remove(session, "Hourly")
    assert schedule_of(kernel) is None
