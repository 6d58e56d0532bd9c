"""What pages say of a job that stands still: why it waits, where it stands, and what became of its attempts."""

import json
import re
import time

from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import clock
from webapp.jobs.models import JobAttempt

from .loading import details, fail, poll_address, words


def test_a_retry_says_which_attempt_comes_when(at_ada, enqueue, run, plan):
    job_id = enqueue()

    plan["between"] = fail
    run(job_id)
    page = words(at_ada.get(f"/jobs/{job_id}").text)
    assert "Waiting to try again" in page
    assert re.search(r"Attempt 2 of 3 in [78] s", page)


def test_a_blocked_job_leads_to_the_one_that_it_waits_for(enqueue, meanwhile):
    first, second = enqueue(title="Unload first"), enqueue(title="Unload second")
    page = meanwhile(first, second)
    assert "Waits for “Unload first” to end." in words(page)
    assert f'<a id="blocker-page-{second}" href="/jobs/{first}">' in page


def test_the_name_of_a_job_that_the_reader_may_not_see_stays_unsaid(cast, enqueue, meanwhile):
    first, second = enqueue(cast.otto, title="Unload secretly"), enqueue()
    page = meanwhile(first, second)
    assert "Waits for another job to end." in words(page)
    assert "secretly" not in page
    assert first not in page


def test_a_paused_queue_gives_its_reason(app, at_ada, enqueue):
    job_id = enqueue()
    with app.app_context():
        kernel.queues.pause("default", by="ada@example.org", reason="Moving to another disk")
    page = at_ada.get(f"/jobs/{job_id}").text
    assert "The queue “default” is paused: Moving to another disk." in words(page)
    assert "by ada@example.org" not in page


def test_a_job_that_no_code_knows_is_parked(at_ada, enqueue, change):
    job_id = enqueue()
    change(job_id, handler="tests.of_another_time", state="scheduled")
    page = words(at_ada.get(f"/jobs/{job_id}").text)
    assert "Parked" in page
    assert "No worker here knows how to run it" in page


def test_a_page_tells_of_a_worker_that_fell_silent_though_nothing_changes(at_ada, enqueue, change):
    job_id = enqueue()
    now = clock.now()
    change(job_id, state="running", lease_until=now + 15, processed=1, resumed_at=now - 9, updated_at=now)
    page = at_ada.get(f"/jobs/{job_id}").text
    assert "Running" in words(page)
    address = poll_address(page)
    assert at_ada.get(address).status_code == 204
    with clock.held(now + 20):
        answer = at_ada.get(address)
        assert "Worker not answering" in answer.text
        assert "It goes on from its checkpoint as soon as another worker takes it." in answer.text
        assert "s left" not in answer.text


def test_step_checkpoint_and_interruptions_are_on_the_page(at_ada, enqueue, change):
    job_id = enqueue()
    cursor = json.dumps({"done": ["load", "check"], "step": "bill", "at": {"row": 12401, "sheet": "Hours"}})
    change(job_id, cursor=cursor, interruptions=3)
    shown = details(at_ada.get(f"/jobs/{job_id}").text)
    assert shown["Step"] == "bill (2 done)"
    assert shown["Checkpoint"] == "row 12,401, sheet Hours"
    assert shown["Interruptions"] == "3"


def test_each_attempt_says_what_it_came_to_and_admins_see_why(app, cast, at_ada, sign_in, enqueue, run, plan):
    job_id = enqueue(cast.mia)

    plan["between"] = lambda: fail("wire 7 is torn")
    run(job_id)
    at_mia = sign_in(app.test_client(), cast.mia)
    pages = [browser.get(f"/jobs/{job_id}").text for browser in (at_ada, at_mia)]
    assert ["Failed, tried again" in page for page in pages] == [True, True]
    assert ["wire 7 is torn" in page for page in pages] == [True, False]
    assert ["Unlucky" in page for page in pages] == [True, False]


def test_only_the_newest_attempts_are_listed(app, at_ada, enqueue):
    job_id = enqueue()
    with app.app_context(), writing() as session:
        lost = {"job_id": job_id, "worker": "w", "started_at": 1.0, "ended_at": 3.5, "came_to": "lost"}
        session.add_all(JobAttempt(token=token, **lost) for token in range(1, 13))
    page = words(at_ada.get(f"/jobs/{job_id}").text)
    assert page.count("Its worker was lost") == 10
    assert "after 2.5 s" in page
    assert "and 2 earlier attempts." in page


def test_an_unchanged_waiting_page_is_not_sent_again_because_time_passes(at_ada, enqueue, monkeypatch):
    job_id = enqueue()
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    later = time.time() + 20
    monkeypatch.setattr("webapp.web.formats.time.time", lambda: later)
    assert at_ada.get(address).status_code == 204


def test_a_countdown_is_sent_as_it_moves(at_ada, enqueue, change):
    job_id = enqueue(delay=100)
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    change(job_id, run_at=clock.now() + 50)
    assert re.search(r"It starts in (50|49) s", at_ada.get(address).text)
