"""Pausing, resuming and trying again from pages."""

import re

import pytest

from webapp.jobs import State

from .loading import Unlucky, details, fail, words


def buttons(page, job_id, size="page"):
    return re.findall(rf'<button[^>]* id="(\w+)-{size}-{job_id}"', page)


def test_a_waiting_job_is_paused_and_goes_on_when_someone_resumes_it(at_ada, enqueue, press, run, state):
    job_id = enqueue()
    assert press(job_id, "pause").location == f"/jobs/{job_id}"
    assert state(job_id) == State.PAUSED
    assert not run(job_id)
    assert "It is paused until someone resumes it." in at_ada.get(f"/jobs/{job_id}").text
    press(job_id, "resumption")
    assert run(job_id)
    assert state(job_id) == State.COMPLETED


def test_a_running_job_saves_its_place_and_goes_on_from_there(at_ada, enqueue, press, run, plan, state):
    job_id = enqueue()
    plan["between"] = lambda: press(job_id, "pause")
    run(job_id)
    page = at_ada.get(f"/jobs/{job_id}").text
    assert state(job_id) == State.PAUSED
    assert "2 of 3 rows" in words(page)
    assert details(page)["Checkpoint"] == "2"
    plan.clear()
    press(job_id, "resumption")
    assert "Waiting to go on" in at_ada.get(f"/jobs/{job_id}").text
    run(job_id)
    assert state(job_id) == State.COMPLETED


def test_a_job_that_is_about_to_pause_says_so_and_can_go_on(at_ada, enqueue, press, run, plan, state):
    job_id, seen = enqueue(), []

    def pause_and_look():
        plan.clear()
        press(job_id, "pause")
        seen.append(at_ada.get(f"/jobs/{job_id}").text)
        press(job_id, "resumption")

    plan["between"] = pause_and_look
    run(job_id)
    assert "Pausing…" in seen[0]
    assert buttons(seen[0], job_id) == ["resume", "cancel"]
    assert state(job_id) == State.COMPLETED


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        ({"state": "queued"}, ["pause", "cancel"]),
        ({"state": "scheduled"}, ["pause", "cancel"]),
        ({"state": "blocked"}, ["pause", "cancel"]),
        ({"state": "running"}, ["pause", "cancel", "interrupt"]),
        ({"state": "running", "total": None}, ["cancel"]),
        ({"state": "running", "total": None, "cursor": "7"}, ["pause", "cancel", "interrupt"]),
        ({"state": "running", "interrupt_when": {"after_seconds": 0}}, ["pause", "cancel"]),
        ({"state": "pausing"}, ["resume", "cancel"]),
        ({"state": "paused"}, ["resume", "cancel"]),
        ({"state": "cancelling"}, []),
        ({"state": "failed", "error_message": "No."}, ["retry", "discard"]),
        ({"state": "discarded", "error_message": "No."}, []),
        ({"state": "completed"}, []),
        ({"state": "cancelled"}, []),
    ],
)
def test_what_can_be_asked_is_on_offer_and_nothing_else(at_ada, enqueue, change, values, shown):
    job_id = enqueue()
    change(job_id, **values)
    assert buttons(at_ada.get(f"/jobs/{job_id}").text, job_id) == shown


def test_the_tray_offers_the_same(at_ada, enqueue):
    job_id = enqueue()
    assert buttons(at_ada.get("/datasets").text, job_id, "tray") == ["pause", "cancel"]


def test_a_failed_job_is_tried_again_with_all_its_attempts_anew(at_ada, enqueue, press, run, change, plan, state):
    job_id = enqueue()
    change(job_id, failures_by={"0": 2}, failures=2)

    plan["between"] = fail
    run(job_id)
    assert state(job_id) == State.FAILED
    assert Unlucky.sentence in at_ada.get(f"/jobs/{job_id}").text
    plan.clear()
    assert press(job_id, "retry").status_code == 303
    with at_ada.session_transaction() as session:
        assert session["active_job_ids"] == [job_id]
    run(job_id)
    assert state(job_id) == State.COMPLETED


def test_a_failed_job_that_an_admin_gives_up_is_offered_no_other_try(at_ada, enqueue, press, change, state):
    job_id = enqueue()
    change(job_id, state="failed", error_message="No.")
    assert "It stays failed, and nobody is offered to try it again." in at_ada.get(f"/jobs/{job_id}").text
    press(job_id, "discard")
    page = at_ada.get(f"/jobs/{job_id}").text
    assert (state(job_id), buttons(page, job_id)) == (State.DISCARDED, [])
    assert "Ada Lovell gave it up" in page


def test_members_are_offered_to_try_again_but_not_to_give_up(app, cast, sign_in, enqueue, change, state):
    job_id = enqueue(cast.mia)
    change(job_id, state="failed", error_message="No.")
    at_mia = sign_in(app.test_client(), cast.mia)
    assert buttons(at_mia.get(f"/jobs/{job_id}").text, job_id) == ["retry"]
    assert at_mia.post(f"/jobs/{job_id}/discard", data={"csrf_token": at_mia.token("/jobs")}).status_code == 404
    assert state(job_id) == State.FAILED


@pytest.mark.parametrize("verb", ["pause", "resumption", "retry"])
def test_what_comes_too_late_is_told(at_ada, enqueue, press, run, state, verb):
    job_id = enqueue()
    run(job_id)
    answer = press(job_id, verb)
    assert answer.status_code == 303
    assert "Completed" in words(at_ada.get(answer.location).text)
    assert state(job_id) == State.COMPLETED


@pytest.mark.parametrize("verb", ["pause", "resumption", "retry"])
def test_htmx_gets_no_page_for_what_it_asked(enqueue, press, verb):
    answer = press(enqueue(), verb, **{"HX-Request": "true"})
    assert (answer.status_code, answer.data) == (204, b"")
    assert "HX-Redirect" not in answer.headers


def test_an_eleventh_job_is_not_resumed_and_htmx_is_led_to_the_reason(at_ada, enqueue, press, state):
    job_id = enqueue()
    press(job_id, "pause")
    for number in range(10):
        enqueue(title=f"Other {number}", berth=number + 2)
    answer = press(job_id, "resumption", **{"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Redirect"]) == (204, f"/jobs/{job_id}")
    assert "You have 10 active jobs" in at_ada.get(f"/jobs/{job_id}").text
    assert state(job_id) == State.PAUSED


@pytest.mark.parametrize("verb", ["pause", "resumption", "retry"])
def test_nobody_asks_anything_of_somebody_else_s_job(app, cast, sign_in, enqueue, state, verb):
    job_id = enqueue()
    at_mia = sign_in(app.test_client(), cast.mia)
    answer = at_mia.post(f"/jobs/{job_id}/{verb}", data={"csrf_token": at_mia.token("/jobs")})
    assert answer.status_code == 404
    assert state(job_id) == State.QUEUED
