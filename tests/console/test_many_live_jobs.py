"""A page with fifty jobs under way, and one that watches hundreds of people: one small poll, whatever it shows."""

import re
from html import unescape

import pytest

from webapp.db import writing
from webapp.extensions import cache, kernel
from webapp.jobs import Job, clock

from .loading import load

JOBS, COLLEAGUES = 50, 500
REQUEST = "GET {} HTTP/1.1\r\nHost: localhost\r\nHX-Request: true\r\nCookie: {}\r\n\r\n"


@pytest.fixture
def app(make_app):
    return make_app({"ACTIVE_JOBS": str(JOBS)})


@pytest.fixture
def running(app, cast):
    """Fifty running jobs of Ada's."""
    with app.app_context(), writing() as session:
        for number in range(JOBS):
            options = {"owner": cast.ada.id, "subject": ("load", number), "title": f"Load {number}", "berth": 1}
            job = session.get_one(Job, kernel.enqueue(session, load, **options).id)
            job.state, job.worker, job.lease_until = "running", "somebody", clock.now() + 600
            job.processed, job.total = 10, 1_000


def pollers(page):
    return re.findall(r'hx-get="([^"]+)" hx-trigger="every (\w+)', page)


@pytest.mark.parametrize("page", ["/jobs", "/datasets"])
def test_fifty_jobs_cost_one_poll_a_second_of_less_than_a_kilobyte(app, at_ada, running, page):
    text = at_ada.get(page).text
    assert text.count('class="indicator indicator-tray') == JOBS
    ((address, interval),) = pollers(text)
    assert interval == "1s"
    cookie = at_ada.get_cookie(app.config["SESSION_COOKIE_NAME"])
    answer = at_ada.get(unescape(address))
    assert (answer.status_code, answer.data) == (204, b"")
    asked = len(REQUEST.format(unescape(address), f"{cookie.key}={cookie.value}").encode())
    assert asked + len(str(answer.headers).encode()) < 1_000


def test_what_a_poll_of_a_page_without_waiting_jobs_finds_unchanged_is_not_rendered(app, at_ada, running, monkeypatch):
    ((address, _),) = pollers(at_ada.get("/datasets").text)
    asked = []
    monkeypatch.setattr("webapp.web.live.Live.rendered", property(asked.append))
    assert at_ada.get(unescape(address)).status_code == 204
    assert asked == []


def test_a_page_that_watches_hundreds_of_people_asks_as_briefly(app, at_ada, monkeypatch):
    """Servers refuse an address that is too long; the marks of all colleagues are one word in it."""
    with app.app_context():
        for owner in range(COLLEAGUES):
            cache.set(f"jobs_mark:{owner}", f"{owner:016x}.7")
    monkeypatch.setattr("webapp.console.pages.visible", lambda: list(range(COLLEAGUES)))
    ((address, _),) = pollers(at_ada.get("/jobs").text)
    assert len(address) < 300
    assert at_ada.get(unescape(address)).status_code == 204
    with app.app_context():
        cache.set(f"jobs_mark:{COLLEAGUES - 1}", "another.8")
    assert at_ada.get(unescape(address)).status_code == 200
