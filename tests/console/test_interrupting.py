"""Interrupting a job, from its page and by a command: it goes back on its queue and resumes from its checkpoint."""

import pytest

from webapp.extensions import kernel
from webapp.jobs import State

from .loading import words


def test_a_running_job_goes_back_on_its_queue_and_resumes_from_its_checkpoint(at_ada, enqueue, press, run, plan, state):
    job_id, seen = enqueue(), []

    def interrupt_and_look():
        plan.clear()
        seen.append(at_ada.get(f"/jobs/{job_id}").text)
        press(job_id, "interruption")
        seen.append(at_ada.get(f"/jobs/{job_id}").text)

    plan["between"] = interrupt_and_look
    run(job_id)
    assert "It goes back on its queue and resumes from its checkpoint." in seen[0]
    assert "Interrupting…" in words(seen[1])
    assert f"interrupt-page-{job_id}" not in seen[1]

    assert state(job_id) == State.QUEUED
    page = words(at_ada.get(f"/jobs/{job_id}").text)
    assert "Waiting to go on" in page
    assert "Interrupted: somebody asked for it; it goes on from its checkpoint" in page
    run(job_id)
    assert state(job_id) == State.COMPLETED


def test_it_is_for_admins_only(app, cast, sign_in, enqueue, change):
    job_id = enqueue(cast.mia)
    change(job_id, state="running")
    at_mia = sign_in(app.test_client(), cast.mia)
    assert f"interrupt-page-{job_id}" not in at_mia.get(f"/jobs/{job_id}").text
    answer = at_mia.post(f"/jobs/{job_id}/interruption", data={"csrf_token": at_mia.token("/jobs")})
    assert answer.status_code == 404
    with app.app_context():
        assert kernel.find(job_id).interrupt_when is None


def test_a_job_that_has_ended_says_so(at_ada, enqueue, press, run):
    job_id = enqueue()
    run(job_id)
    answer = press(job_id, "interruption")
    assert "There is nothing to interrupt." in words(at_ada.get(answer.location).text)


@pytest.mark.parametrize(
    ("given", "when", "said"),
    [
        ((), {"after_seconds": 0}, "at its next batch"),
        (("--at", "300"), {"at": 300}, "at 300"),
        (("--at", "[3, 1]"), {"at": [3, 1]}, "at [3, 1]"),
        (("--at", "A-7"), {"at": "A-7"}, "at A-7"),
        (("--step", "bill", "--at", "3"), {"at": 3, "step": "bill"}, "at 3 in “bill”"),
        (("--after-items", "1000"), {"after_items": 1000}, "after 1,000 items"),
        (("--after-seconds", "2.5"), {"after_seconds": 2.5}, "after 2.5 s"),
    ],
)
def test_a_command_says_where_it_stops(call, enqueue, given, when, said):
    job_id = enqueue()
    code, printed = call("jobs", "interrupt", job_id, *given, "--json")
    assert (code, printed["id"], printed["interrupt_when"]) == (0, job_id, when)
    text = call("jobs", "interrupt", job_id, *given)[1]
    assert f"It stops {said}, goes back on its queue and resumes from its checkpoint." in text


def test_it_stops_exactly_there(call, enqueue, run):
    job_id = enqueue()
    call("jobs", "interrupt", job_id, "--at", "2")
    run(job_id)
    shown = call("jobs", "checkpoint", job_id, "--json")[1]
    assert (shown["state"], shown["cursor"], shown["interruptions"]) == ("queued", 2, 1)


@pytest.mark.parametrize(("given", "code"), [(("--after-items", "-1"), 2), (("--after-seconds", "soon"), 2)])
def test_wrong_usage_is_said(call, enqueue, given, code):
    assert call("jobs", "interrupt", enqueue(), *given)[0] == code


def test_a_job_that_does_not_exist_or_has_ended_is_a_failure_with_a_sentence(call, enqueue, run):
    assert "There is no job 0123456789abcdef." in call("jobs", "interrupt", "0123456789abcdef")[1]
    job_id = enqueue()
    run(job_id)
    code, printed = call("jobs", "interrupt", job_id)
    assert (code, "This job has already ended: Completed. There is nothing to interrupt." in printed) == (1, True)
