"""The one poll: nothing new costs nothing, something new brings what changed and nothing else."""

import json
import re
from html import unescape

import pytest

from webapp.db import reading, writing
from webapp.extensions import cache, kernel
from webapp.hello.jobs import say_hello
from webapp.jobs import Attempt, State, job


@job("tests.walk")
def walk(job: Attempt) -> None:
    """Takes one step for each call of `steps`."""
    for step in range(STEPS["count"]):
        job.report(f"Step {step}", processed=step + 1, total=10)


STEPS = {"count": 0}
OF_THE_SERVER = "Server: gunicorn\r\nDate: Sun, 22 Nov 2026 20:00:00 GMT\r\nConnection: keep-alive\r\n"
"""What gunicorn adds to each answer."""


@pytest.fixture
def start(app, cast):
    """Enqueues a job of Ada's, or of somebody else's."""

    def start(member=None, handler=None):
        with app.app_context(), writing() as session:
            owner = (member or cast.ada).id
            if handler is None:
                return say_hello(session, owner).id
            return kernel.enqueue(session, handler, owner=owner, subject=("walk", 1), title="A walk").id

    return start


@pytest.fixture
def work(app):
    """Does the worker's part."""

    def work(job_id):
        with app.app_context():
            assert kernel.run(job_id)

    return work


def poll_address(page):
    return unescape(re.search(r'id="poller" hx-get="([^"]+)"', page)[1])


def regions(answer):
    return re.findall(r'<hx-partial hx-target="#([^"]+)"', answer.text)


def test_nothing_new_is_answered_with_nothing(at_ada):
    answer = at_ada.get(poll_address(at_ada.get("/jobs").text))
    assert (answer.status_code, answer.data) == (204, b"")


def test_an_unchanged_poll_is_less_than_300_bytes_headers_and_all(at_ada):
    answer = at_ada.get(poll_address(at_ada.get("/jobs").text))
    ours = "".join(f"{name}: {value}\r\n" for name, value in answer.headers)
    assert len(f"HTTP/1.1 {answer.status}\r\n{ours}{OF_THE_SERVER}\r\n".encode()) < 300


def test_no_poll_writes_the_session(at_ada, start, work):
    address = poll_address(at_ada.get("/jobs").text)
    assert "Set-Cookie" not in at_ada.get(address).headers
    work(start())
    assert "Set-Cookie" not in at_ada.get(address).headers


def test_a_new_job_is_found_by_a_page_that_knew_of_none(at_ada, start):
    address = poll_address(at_ada.get("/datasets").text)
    start()
    answer = at_ada.get(address)
    assert answer.status_code == 200
    assert regions(answer) == ["tray", "poller"]
    assert "Test job" in answer.text


def test_a_page_asks_again_only_for_what_changed_since(at_ada, start, work):
    job_id = start()
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    assert at_ada.get(address).status_code == 204
    work(job_id)
    answer = at_ada.get(address)
    assert regions(answer) == ["tray", f"job-{job_id}", "poller"]
    assert "Completed" in answer.text
    assert at_ada.get(poll_address(answer.text)).status_code == 204


def test_the_region_of_the_first_paint_is_the_region_of_the_refresh(at_ada, start, work):
    job_id = start()
    work(job_id)
    page = at_ada.get(f"/jobs/{job_id}").text
    address = re.sub(r"v=[^&]*", "v=none", poll_address(page))
    refreshed = re.search(rf'#job-{job_id}" hx-swap="outerMorph">(.*?)</hx-partial>', at_ada.get(address).text, re.S)[1]
    painted = page[page.index(f'<section class="job" id="job-{job_id}">') :]
    assert without_moving_words(painted).startswith(without_moving_words(refreshed))


def without_moving_words(html):
    return re.sub(r"\s+", " ", re.sub(r'value="[^"]*"|>just now<|>\d+ s ago<', "", html))


def test_pages_poll_faster_while_something_moves(at_ada, start, work):
    def interval():
        return re.search(r'hx-trigger="every (\w+),', at_ada.get("/datasets").text)[1]

    assert interval() == "2s"
    job_id = start()
    assert interval() == "1s"
    work(job_id)
    assert interval() == "2s"


def test_progress_reaches_the_page(app, at_ada, start, work):
    STEPS["count"] = 3
    job_id = start(handler=walk)
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    work(job_id)
    assert "Step 2" in at_ada.get(address).text


@pytest.mark.parametrize("moment", ["before", "after"])
def test_an_emptied_cache_changes_no_pages_truth(app, at_ada, start, work, moment):
    job_id = start()
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    empty_cache(app, moment == "before")
    work(job_id)
    empty_cache(app, moment == "after")
    assert "Completed" in at_ada.get(f"/jobs/{job_id}").text
    assert "Completed" in at_ada.get(address).text
    shown = app.test_cli_runner().invoke(args=["jobs", "show", job_id, "--json"]).stdout
    assert json.loads(shown)["status"] == "completed"


def empty_cache(app, now):
    if now:
        with app.app_context():
            cache.clear()


def test_a_picture_that_a_dying_worker_owed_is_shown_all_the_same(app, at_ada, start, work, monkeypatch):
    job_id = start()
    address = poll_address(at_ada.get(f"/jobs/{job_id}").text)
    with monkeypatch.context() as patch:
        patch.setattr(app.extensions["jobs"], "publish", lambda job_id: None)
        work(job_id)
    assert at_ada.get(address).status_code == 204
    with app.app_context():
        kernel.housekeep("main")
    assert "Completed" in at_ada.get(address).text


def test_a_job_that_moves_while_its_page_is_made_is_caught_up_by_the_next_poll(app, at_ada, start, work, monkeypatch):
    """The page must not hold an old picture under a new mark, or it would never learn."""
    job_id = start()
    board = app.extensions["jobs"].status
    marks, moved = board.marks, []

    def move_first(owner_ids):
        if not moved:
            moved.append(job_id)
            work(job_id)
        return marks(owner_ids)

    with monkeypatch.context() as patch:
        patch.setattr(board, "marks", move_first)
        page = at_ada.get(f"/jobs/{job_id}").text
    assert moved
    assert "Completed" in page or "Completed" in at_ada.get(poll_address(page)).text


def test_what_waits_says_why(app, at_ada, start):
    job_id = start()
    assert "No worker is running" in at_ada.get(f"/jobs/{job_id}").text
    with app.app_context():
        kernel.housekeep("main")
    assert "It is next" in at_ada.get(f"/jobs/{job_id}").text


def test_the_session_tracks_the_jobs_that_it_started_and_drops_those_that_ended(at_ada, work):
    at_ada.submit("/jobs/hello", page="/jobs")
    with at_ada.session_transaction() as session:
        (job_id,) = session["active_job_ids"]
    work(job_id)
    at_ada.get("/jobs")
    with at_ada.session_transaction() as session:
        assert session["active_job_ids"] == []


def test_the_same_person_sees_the_job_in_a_second_browser_and_another_person_does_not(
    app, cast, at_ada, sign_in, start
):
    start()
    second, mia = sign_in(app.test_client(), cast.ada), sign_in(app.test_client(), cast.mia)
    assert "Test job" in second.get("/datasets").text
    assert "Test job" not in mia.get("/datasets").text
    assert "Test job" not in mia.get("/jobs").text


def test_an_expired_session_is_told_to_sign_in_again_and_gets_no_page_into_its_fragment(client):
    answer = client.get("/live?v=1", headers={"HX-Request": "true"})
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"].startswith("/sign-in")
    assert "<body" not in answer.text


@pytest.mark.parametrize("page", ["nothing", "job", "import", "template"])
def test_a_page_that_is_not_there_is_not_polled(at_ada, page):
    assert at_ada.get(f"/live?v=1&page={page}&subject=0").status_code == 404


def test_the_cached_picture_has_what_the_requirements_name(app, start, work):
    job_id = start()
    work(job_id)
    with app.app_context():
        shown = cache.get(f"job_status:hello_world:-:{job_id}")
    named = "status created_at started_at updated_at completed_at progress processed total error_message result attempt"
    assert set(f"{named} revision".split()) <= set(shown)
    assert (shown["status"], shown["progress"]) == ("completed", 100)


def test_the_status_of_a_job_is_its_state_in_the_ledger(app, start, work):
    job_id = start()
    work(job_id)
    with app.app_context(), reading():
        assert kernel.find(job_id).state == State.COMPLETED
