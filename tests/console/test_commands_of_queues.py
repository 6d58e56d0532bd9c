"""`bin/flask queues …` and `bin/flask schedules …`, as operators and scripts call them."""

import pytest

from webapp import extensions
from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import Schedule, clock


@pytest.fixture
def app(make_app, monkeypatch):
    """An application without schedules of its own."""
    monkeypatch.setattr(extensions, "SCHEDULES", ())
    return make_app()


@pytest.fixture
def hourly(app):
    with clock.held(1_000_000_000.0):
        with app.app_context(), writing() as session:
            kernel.schedules.put(session, Schedule("Hourly", "hello_world", every=3600))
        yield


def default_of(printed):
    return next(queue for queue in printed["queues"] if queue["name"] == "default")


def test_queues_are_listed_with_their_jobs(call):
    assert default_of(call("queues", "list", "--json")[1])["oldest_at"] is None
    with clock.held(1_000_000_000.0):
        call("jobs", "hello")
    code, printed = call("queues", "list", "--json")
    shown = default_of(printed)
    assert (code, shown["pool"], shown["waiting"], shown["running"], shown["paused_by"]) == (0, "main", 1, 0, None)
    assert shown["oldest_at"] == "2001-09-09T01:46:40+00:00"
    assert "1 waiting  the oldest since 2001-09-09T01:46:40+00:00" in call("queues", "list")[1]


def test_a_queue_is_paused_with_who_when_and_why_and_resumed(call, app):
    with clock.held(1_000_000_000.0):
        code, printed = call("queues", "pause", "default", "--by", "Ada", "--reason", "The disk is full.", "--json")
    assert (code, printed["paused_by"], printed["reason"]) == (0, "Ada", "The disk is full.")
    assert printed["paused_at"] == "2001-09-09T01:46:40+00:00"
    assert "paused 2001-09-09T01:46:40+00:00 by Ada: The disk is full." in call("queues", "list")[1]
    call("jobs", "hello")
    with app.app_context():
        assert not kernel.run_next("main")
    assert call("queues", "resume", "default", "--json")[1]["paused_at"] is None
    with app.app_context():
        assert kernel.run_next("main")


def test_whoever_is_at_the_terminal_is_the_one_who_paused_it(call, monkeypatch):
    monkeypatch.setenv("LOGNAME", "operator")
    assert call("queues", "pause", "default", "--json")[1]["paused_by"] == "operator"


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_a_queue_that_does_not_exist_is_a_failure_with_a_sentence(call, verb):
    code, printed = call("queues", verb, "fast")
    assert (code, "There is no queue fast. There are: dashboard, default, flows" in printed) == (1, True)


def test_no_schedules_is_said(call):
    assert call("schedules", "list") == (0, "No schedules.\n")
    assert call("schedules", "list", "--json") == (0, {"schedules": []})


def test_schedules_are_listed_with_their_times(call, hourly):
    code, printed = call("schedules", "list", "--json")
    (shown,) = printed["schedules"]
    assert (code, shown["name"], shown["rule"], shown["enabled"]) == (0, "Hourly", "every 3600", True)
    assert (shown["next_at"], shown["last_at"]) == ("2001-09-09T02:00:00+00:00", None)
    assert "next 2001-09-09T02:00:00+00:00  never yet" in call("schedules", "list")[1]


def test_a_schedule_is_switched_off_and_on(call, hourly):
    code, printed = call("schedules", "disable", "Hourly", "--json")
    assert (code, printed["enabled"], printed["next_at"]) == (0, False, None)
    assert "disabled" in call("schedules", "list")[1]
    code, printed = call("schedules", "enable", "Hourly", "--json")
    assert (code, printed["enabled"], printed["next_at"]) == (0, True, "2001-09-09T02:00:00+00:00")


def test_a_schedule_is_run_out_of_turn(call, hourly):
    code, printed = call("schedules", "run-now", "Hourly", "--json")
    assert (code, printed["title"], printed["kind"], printed["status"]) == (0, "Hourly", "schedule", "pending")


@pytest.mark.parametrize("verb", ["enable", "disable", "run-now"])
def test_a_schedule_that_does_not_exist_is_a_failure_with_a_sentence(call, verb):
    code, printed = call("schedules", verb, "Weekly")
    assert (code, "There is no schedule Weekly." in printed) == (1, True)
