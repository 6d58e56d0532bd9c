"""The check of a configuration: every problem at once, as sentences; nothing is started, nothing changed."""

import pytest

from webapp.jobs import Attempt, Limit, Pool, Retry, Schedule, job
from webapp.jobs.check import check, warnings_of
from webapp.jobs.models import Job, JobSchedule
from webapp.jobs.registry import Handler

from .conftest import scripted
from .storages import on_sqlite_only


class Busy(Exception):
    """Somebody else is at it."""


def work(job: Attempt, *, flow: int) -> None:
    """A handler that is as it should be."""


def problems_of(kernel, **options):
    """The problems of a configuration with this one handler."""
    function = options.pop("function", work)
    return check(kernel, [Handler("flows.run", function, **options)]).problems


def test_a_sound_configuration_has_no_problems(make_kernel):
    kernel = make_kernel(schedules=[Schedule("Daily", scripted, cron="0 3 * * *", zone="Europe/Berlin")])
    limit, retry = Limit("flow:{flow}"), [Retry(Busy, wait=5), Retry(Exception)]
    assert problems_of(kernel, limit=limit, retry=retry) == []


@pytest.mark.parametrize(
    ("settings", "problem"),
    [
        ({"active_limit": 0}, "The setting active_limit must be more than 0, not 0."),
        ({"lease_seconds": -1}, "The setting lease_seconds must be more than 0, not -1."),
        ({"keep_days": 0}, "The setting keep_days must be more than 0, not 0."),
        ({"secret": b""}, "The setting secret is empty: anybody could write messages to the workers."),
        ({"pools": []}, "There is no pool: nothing would run."),
        ({"pools": [Pool("main", ("default",), 0)]}, "The pool main has no workers."),
        ({"pools": [Pool("main", ("default",), 1), Pool("idle", (), 1)]}, "The pool idle serves no queue."),
        ({"pools": [Pool("a", ("default",), 1), Pool("b", ("default",), 1)]}, "The queue default is declared twice."),
        ({"pools": [Pool("a", ("default",), 1), Pool("a", ("other",), 1)]}, "Two pools are called a."),
    ],
)
def test_settings_and_pools_that_cannot_work_are_named(make_kernel, settings, problem):
    assert problem in problems_of(make_kernel(**settings))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"queue": "flows"}, "The handler flows.run wants the queue flows, which is not declared."),
        ({"limit": Limit("{team}")}, "“{team}” of flows.run names team, which is not one of its arguments."),
        ({"limit": Limit("{flow.id}")}, None),
        ({"limit": Limit("{flow")}, "The limit key “{flow” of flows.run cannot be read"),
        ({"limit": Limit("{}")}, "The limit key “{}” of flows.run names an argument by its place; say its name."),
        ({"limit": Limit("x", to=0)}, "The limit of flows.run lets none run."),
        ({"retry": [Retry(Exception, attempts=0)]}, "flows.run cannot retry after Exception"),
        ({"retry": [Retry(Exception, wait=-1)]}, "flows.run cannot retry after Exception"),
        ({"retry": [Retry(Exception, wait=lambda failures: 1 / 0)]}, "flows.run cannot retry after Exception"),
        ({"retry": [Retry(Exception, jitter=-1)]}, "flows.run cannot retry after Exception"),
        ({"retry": [Retry(Exception), Retry(Busy)]}, "flows.run never comes to its retry for Busy"),
        ({"discard": (Busy,), "retry": [Retry(Busy)]}, "flows.run never comes to its retry for Busy"),
        ({"function": lambda: None}, "must take the attempt, then a *, then its arguments by name."),
        ({"function": lambda job, flow: None}, "The handler flows.run must take the attempt"),
        ({"function": lambda job, *, title: None}, "calls an argument title, which `enqueue` needs for itself."),
    ],
)  # fmt: skip
def test_handlers_that_cannot_work_are_named(kernel, options, problem):
    found = problems_of(kernel, **options)
    assert any(problem in sentence for sentence in found) if problem else found == []


@pytest.mark.parametrize(
    ("schedules", "problem"),
    [
        ([Schedule("X", scripted, cron="61 * * * *")], "The schedule X: “cron 61 * * * *” is no rule"),
        ([Schedule("X", scripted, every=0)], "The schedule X: “every 0” is no rule"),
        ([Schedule("X", scripted)], "The schedule X: “” is no rule"),
        ([Schedule("X", scripted, cron="0 3 * * *", zone="Mars/One")], "There is no time zone “Mars/One”"),
        ([Schedule("X", "tests.unheard_of", every=60)], "The schedule X: No handler is called tests.unheard_of."),
        ([Schedule("X", scripted, every=60, arguments={"flow": 1})], "tests.scripted takes nothing, not flow."),
        ([Schedule("X", scripted, every=60, missed="often")], "says missed='often': it is skip or run_once."),
        ([Schedule("X", scripted, every=60), Schedule("X", scripted, every=61)], "Two schedules are called X."),
    ],
)  # fmt: skip
def test_schedules_that_cannot_work_are_named(make_kernel, schedules, problem):
    assert any(problem in sentence for sentence in problems_of(make_kernel(schedules=schedules)))


def test_every_problem_is_named_at_once(make_kernel):
    kernel = make_kernel(active_limit=0, schedules=[Schedule("X", scripted)])
    assert len(problems_of(kernel, queue="flows", limit=Limit("x", to=0))) == 4


def test_schedules_in_the_ledger_are_checked_too_unless_they_are_switched_off(kernel):
    with kernel.writing() as session:
        kernel.schedules.put(session, Schedule("Data", scripted, every=60))
        session.get(JobSchedule, "Data").rule, session.get(JobSchedule, "Data").handler = "now", "tests.unheard_of"
    assert [problem.split(":")[0] for problem in problems_of(kernel)] == [
        "The schedule Data wants the handler tests.unheard_of, which nobody knows.",
        "The schedule Data",
    ]
    kernel.schedules.disable("Data")
    assert problems_of(kernel) == []


def test_jobs_that_no_pool_serves_are_a_warning(kernel, enqueue):
    stray = enqueue()
    with kernel.writing() as session:
        session.get(Job, stray.id).queue = "retired"
    assert "Jobs wait in the queue retired, which no pool serves." in check(kernel, []).warnings


@pytest.mark.parametrize(("version", "warned"), [
    ((3, 6, 23), False), ((3, 7, 0), True), ((3, 40, 1), True), ((3, 51, 2), True), ((3, 51, 3), False),
])  # fmt: skip
def test_a_version_of_sqlite_that_may_damage_the_database_is_a_warning(version, warned):
    assert any("SQLite" in warning for warning in warnings_of(version)) is warned


@on_sqlite_only
def test_the_check_starts_and_changes_nothing(make_kernel, enqueue, tmp_path):
    def files():
        return {path: path.read_bytes() for path in tmp_path.iterdir() if path.suffix in {".db", ".db-wal"}}

    kernel = make_kernel(schedules=[Schedule("Daily", scripted, every=60)])
    enqueue()
    before = files()
    check(kernel, [])
    assert files() == before


def test_two_handlers_of_one_name_are_refused_at_once():
    def work(job: Attempt) -> None:
        """A function of the same name, elsewhere."""

    work.__qualname__, work.__module__ = scripted.function.__qualname__, "another.room"
    with pytest.raises(ValueError, match=r"Two handlers are called tests\.scripted\."):
        job("tests.scripted")(work)
