"""Items that failed while their job went on: on its page, on a page of their own, and in what a command prints."""

import re

import pytest

from webapp.db import writing
from webapp.jobs import Attempt, array, job
from webapp.jobs.models import FailedItem

from .loading import poll_address, words


@job("tests.deliver")
def deliver(job: Attempt) -> None:
    """Delivers twelve crates; the third of each four is broken."""
    for crate in job.iterate(array(range(12))):
        with job.batch():
            if crate % 4 == 2:
                job.record_failure(f"crate {crate}", "It is <broken>.")


@pytest.fixture
def delivery(call, run):
    """A job that went on when three of its items failed."""
    _, printed = call("jobs", "enqueue", "tests.deliver", "--owner", "ada@example.org", "--json")
    run(printed["id"])
    return printed["id"]


@pytest.fixture
def fail(app, change):
    """Has so many items of a job fail, of which the first `kept` are kept with their reasons."""

    def fail(job_id, count, kept=None, first=1):
        change(job_id, failed_items=first + count - 1)
        about = {"job_id": job_id, "at": 1_000_000_000.0, "attempt": 2, "reason": "It has no price."}
        with app.app_context(), writing() as session:
            numbers = range(first, first + (count if kept is None else kept))
            session.add_all([FailedItem(item=f"order {number}", **about) for number in numbers])

    return fail


def items(page):
    return re.findall(r'<th scope="row">([^<]+)</th>', page)


def test_the_page_of_a_job_counts_them_and_says_what_went_wrong(at_ada, delivery):
    page = at_ada.get(f"/jobs/{delivery}").text
    assert "12 of 12 rows, 3 failed" in words(page)
    assert items(page) == ["crate 2", "crate 6", "crate 10"]
    assert page.count(">It is &lt;broken&gt;.</td>") == 3
    assert f"all-failed-items-{delivery}" not in page


def test_a_job_without_any_says_nothing_of_them(at_ada, enqueue):
    assert "Failed items" not in at_ada.get(f"/jobs/{enqueue()}").text


def test_of_many_the_first_are_on_the_page_and_all_have_pages_of_their_own(at_ada, enqueue, fail):
    job_id = enqueue()
    fail(job_id, 120)
    page = at_ada.get(f"/jobs/{job_id}").text
    assert items(page) == [f"order {number}" for number in range(1, 11)]
    assert f'href="/jobs/{job_id}/failed-items">All 120 failed items</a>' in page
    last = at_ada.get(f"/jobs/{job_id}/failed-items?page=3").text
    assert items(last) == [f"order {number}" for number in range(101, 121)]
    assert "Page 3 of 3, 120 failed items" in words(last)
    assert "order 101 It has no price. 2 9 Sep 2001" in " ".join(words(last.replace("</t", " </t")).split())


def test_more_than_are_kept_are_told_as_such(at_ada, enqueue, fail):
    job_id = enqueue()
    fail(job_id, 1_250, kept=60)
    page = words(at_ada.get(f"/jobs/{job_id}/failed-items").text)
    assert "1,250 items failed while the job went on with the others. The first 60 are kept with their reasons." in page


def test_an_empty_page_says_why(at_ada, enqueue, run):
    job_id = enqueue()
    address = f"/jobs/{job_id}/failed-items"
    assert "Should one fail while the job goes on with the others, it is listed here" in at_ada.get(address).text
    run(job_id)
    assert "Every item that this job came to was done." in at_ada.get(address).text


def test_the_page_lives(at_ada, enqueue, fail, run):
    job_id = enqueue()
    fail(job_id, 2)
    address = poll_address(at_ada.get(f"/jobs/{job_id}/failed-items").text)
    assert at_ada.get(address).status_code == 204
    fail(job_id, 2, first=3)
    run(job_id)
    answer = at_ada.get(address)
    assert re.findall(r'hx-target="#([^"]+)"', answer.text) == ["tray", f"failed-items-{job_id}", "poller"]
    assert items(answer.text) == ["order 1", "order 2", "order 3", "order 4"]


def test_they_are_nobody_else_s_to_see(app, cast, sign_in, enqueue, fail):
    job_id = enqueue()
    fail(job_id, 1)
    at_otto = sign_in(app.test_client(), cast.otto)
    assert at_otto.get(f"/jobs/{job_id}/failed-items").status_code == 404
    assert at_otto.get(f"/live?v=1&page=failed-items&subject={job_id}.1").status_code == 404


def test_a_command_lists_them(call, delivery):
    code, printed = call("jobs", "failed-items", delivery, "--offset", "1", "--limit", "1", "--json")
    (item,) = printed["failed_items"]
    assert (code, printed["failed"], item["item"], item["reason"]) == (0, 3, "crate 6", "It is <broken>.")
    assert (item["attempt"], item["at"].endswith("+00:00")) == (1, True)
    text = call("jobs", "failed-items", delivery)[1]
    assert "crate 10  It is <broken>.  attempt 1, " in text
    assert f"Of the items of job {delivery}, 3 failed." in text


def test_showing_a_job_counts_them_and_says_where_they_are(call, delivery):
    assert call("jobs", "show", delivery, "--json")[1]["failed_items"] == 3
    assert f"3 items failed: bin/flask jobs failed-items {delivery}" in call("jobs", "show", delivery)[1]


def test_the_attempt_in_which_an_item_failed_is_kept(app, call, enqueue, change, run, delivery):
    _, printed = call("jobs", "enqueue", "tests.deliver", "--json")
    change(printed["id"], failures=1)
    run(printed["id"])
    found = call("jobs", "failed-items", printed["id"], "--json")[1]["failed_items"]
    assert {item["attempt"] for item in found} == {2}
