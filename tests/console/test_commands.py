"""`bin/flask jobs …`, as operators and scripts call it."""

import json
import os
import subprocess
import sys

import pytest

from webapp.accounts.service import get_by_email
from webapp.config import PROJECT
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.hello.jobs import say_hello
from webapp.jobs import Attempt, Job, Schedule, clock, job


class Gone(Exception):
    """The thing is gone."""

    sentence = "The thing is gone."


@job("tests.commanded", discard=[Gone])
def commanded(job: Attempt, *, thing: int, name: str) -> dict[str, str]:
    """Does one batch, then fails for odd things."""
    with job.batch({"row": thing}, processed=1, total=2):
        pass
    if thing % 2:
        raise Gone
    return {"outcome": f"Did {name}."}


@pytest.fixture
def call(call):
    """Calls a command of jobs, unless of another group."""
    return lambda *arguments, group="jobs": call(group, *arguments)


@pytest.fixture
def hello(app, cast):
    """A test job of Ada's, or of somebody else's."""

    def hello(owner=None) -> str:
        with app.app_context(), writing() as session:
            return say_hello(session, owner or cast.ada.id).id

    return hello


@pytest.fixture
def failed(call, run):
    """A job that failed."""
    _, printed = call("enqueue", "tests.commanded", "--arg", "thing=7", "--arg", 'name="Hours"', "--json")
    run(printed["id"])
    return printed["id"]


def ids(printed):
    return {job["id"] for job in printed["jobs"]}


def test_the_list_is_narrowed_by_status_handler_owner_and_queue(call, hello, cast, failed):
    adas, mias = hello(), hello(cast.mia.id)
    assert ids(call("list", "--json")[1]) == {adas, mias, failed}
    assert ids(call("list", "--status", "failed", "--json")[1]) == {failed}
    assert ids(call("list", "--handler", "hello_world", "--json")[1]) == {adas, mias}
    assert ids(call("list", "--owner", cast.mia.email, "--json")[1]) == {mias}
    assert ids(call("list", "--queue", "flows", "--json")[1]) == set()
    assert len(call("list", "--limit", "2", "--json")[1]["jobs"]) == 2


def test_the_list_says_it_in_lines_too(call, hello):
    assert call("list") == (0, "No jobs.\n")
    hello()
    assert "Test job" in call("list")[1]


def test_a_person_that_nobody_knows_is_a_failure_with_a_sentence(call):
    code, printed = call("list", "--owner", "nobody@example.org", "--json")
    assert (code, "nobody@example.org" in printed) == (1, True)


@pytest.mark.parametrize("wrong", [("list", "--status", "odd"), ("list", "--limit", "0"), ("show",), ("fly", "x")])
def test_wrong_usage_is_said_with_code_2(call, wrong):
    assert call(*wrong)[0] == 2


def test_a_job_is_shown_with_its_attempts_their_errors_and_its_history(call, failed):
    code, printed = call("show", failed, "--json")
    assert (code, printed["handler"], printed["queue"]) == (0, "tests.commanded", "default")
    (attempt,) = printed["attempt_history"]
    assert (attempt["came_to"], attempt["error_name"]) == ("discarded", "Gone")
    assert "Traceback" in attempt["error_trace"]
    assert [event["name"] for event in printed["events"]] == ["enqueued", "started", "discarded"]
    assert "Traceback" in call("show", failed)[1]


def test_a_job_that_waits_says_why(call, hello):
    job_id = hello()
    assert "No worker is running" in call("show", job_id)[1]
    call("pause", "default", "--reason", "The disk is full.", group="queues")
    assert "The disk is full" in call("show", job_id, "--json")[1]["waiting"]


def test_a_checkpoint_is_shown(call, failed, hello):
    code, printed = call("checkpoint", failed, "--json")
    assert (code, printed["cursor"], printed["processed"], printed["total"]) == (0, {"row": 7}, 1, 2)
    assert "after 1 of 2" in call("checkpoint", failed)[1]
    assert "at the very beginning" in call("checkpoint", hello())[1]


def test_a_job_is_paused_resumed_and_cancelled(call, hello):
    job_id = hello()
    assert [call(verb, job_id, "--json")[1]["state"] for verb in ("pause", "resume", "cancel")] == [
        "paused", "queued", "cancelled"
    ]  # fmt: skip


def test_a_failed_job_is_tried_again_and_given_up(call, failed, run):
    code, printed = call("retry", failed, "--json")
    assert (code, printed["state"], printed["processed"]) == (0, "queued", 1)
    run(failed)
    assert call("discard", failed, "--json")[1]["state"] == "discarded"


@pytest.mark.parametrize("verb", ["show", "checkpoint", "cancel", "pause", "resume", "retry", "discard"])
def test_a_job_that_does_not_exist_is_a_failure_with_a_sentence(call, verb):
    code, printed = call(verb, "0123456789abcdef", "--json")
    assert (code, "There is no job 0123456789abcdef." in printed) == (1, True)


@pytest.mark.parametrize("verb", ["resume", "retry", "discard"])
def test_what_cannot_be_asked_of_a_job_is_said(call, hello, verb):
    code, printed = call(verb, hello())
    assert (code, "A job that is “Waiting to start” cannot be" in printed) == (1, True)


def test_a_job_of_any_handler_is_enqueued_with_its_arguments_and_owner(app, call, run, cast):
    given = ("--arg", "thing=8", "--arg", 'name="Hours"', "--owner", cast.mia.email, "--title", "Do hours")
    code, printed = call("enqueue", "tests.commanded", *given, "--json")
    assert (code, printed["title"], printed["status"]) == (0, "Do hours", "pending")
    run(printed["id"])
    with app.app_context(), reading() as session:
        done = session.get(Job, printed["id"])
        assert (done.owner_id, done.outcome) == (get_by_email(session, cast.mia.email).id, "Did Hours.")


@pytest.mark.parametrize(
    ("given", "code", "said"),
    [
        (("tests.unheard_of",), 1, "No handler is called tests.unheard_of."),
        (("tests.commanded",), 1, "tests.commanded takes name, thing, not nothing."),
        (("tests.commanded", "--arg", "thing=8"), 1, "tests.commanded takes name, thing, not thing."),
        (("tests.commanded", "--arg", "thing=eight"), 2, "thing=eight is not NAME=JSON"),
        (("tests.commanded", "--arg", "thing"), 2, "thing is not NAME=JSON"),
        ((), 2, "HANDLER"),
    ],
)
def test_a_job_that_cannot_be_enqueued_says_why(call, given, code, said):
    found, printed = call("enqueue", *given)
    assert (found, said in printed) == (code, True)


def test_pruning_removes_what_ended_long_ago(call, failed):
    with clock.held(clock.now() + 31 * 86_400):
        assert call("prune", "--days", "32", "--json") == (0, {"jobs": 0, "keys": 0, "occurrences": 0})
        assert call("prune", "--json")[1]["jobs"] == 1
    assert call("prune") == (0, "Removed 0 jobs, 0 keys of forms and 0 times of schedules.\n")


def test_the_configuration_of_this_installation_fits_together(tmp_path):
    """In a process of its own, which knows no handlers of tests."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "check", "--json"]
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path / "instance")}
    done = subprocess.run(command, cwd=PROJECT, env=environment, capture_output=True, text=True)
    assert (done.returncode, json.loads(done.stdout)["problems"]) == (0, [])


def test_a_problem_of_the_configuration_is_a_failure(app, call):
    with app.app_context(), writing() as session:
        kernel.schedules.put(session, Schedule("Hourly", "hello_world", every=3600)).rule = "now and then"
    code, printed = call("check")
    assert (code, "The schedule Hourly: “now and then” is no rule" in printed) == (1, True)


def test_the_figures_count_states_queues_workers_and_the_last_hour(call, hello, failed):
    hello()
    code, printed = call("stats", "--json")
    assert code == 0
    assert printed["states"] == {"queued": 1, "discarded": 1}
    assert printed["queues"] == {"default": {"queued": 1, "discarded": 1}}
    assert (printed["workers"], printed["running"], printed["waiting"]) == (0, 0, 1)
    assert (printed["completed_last_hour"], printed["failed_last_hour"]) == (0, 1)
    words = call("stats")[1]
    assert "Queue default: 1 discarded, 1 queued." in words
    assert "In the last hour 0 completed and 1 failed." in words
