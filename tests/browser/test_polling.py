"""The one poll of a page: when it rests, and what happens when nobody answers it."""

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenBrowser
from .office import Office, Person
from .steps import heard, indicator, listen

A_WHILE = 60_000
"""Milliseconds of the page's clock, which these tests turn by hand."""
HIDE = """(hidden) => {
  Object.defineProperty(document, "hidden", { configurable: true, get: () => hidden });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def polls(page: Page) -> list[str]:
    """The polls that the page sends, as they are sent."""
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/live?" in request.url else None)
    return sent


def test_a_hidden_tab_rests_and_catches_up_when_it_is_seen_again(page: Page, polls: list[str]) -> None:
    page.clock.install()
    page.goto("/jobs")
    with page.expect_response("**/live?*"):
        page.clock.run_for(2_500)
    page.evaluate(HIDE, True)
    polls.clear()
    page.clock.run_for(A_WHILE)
    assert polls == []
    with page.expect_response("**/live?*"):
        page.evaluate(HIDE, False)


def test_pausing_stops_the_polls_says_so_and_is_remembered(page: Page, polls: list[str]) -> None:
    page.clock.install()
    page.goto("/jobs")
    listen(page)
    page.get_by_role("button", name="Pause live updates").click()
    expect(page.get_by_text("Live updates are paused.").first).to_be_visible()
    assert heard(page) == ["Live updates are paused."]

    page.reload()
    expect(page.get_by_role("button", name="Resume live updates")).to_be_visible()
    polls.clear()
    page.clock.run_for(A_WHILE)
    assert polls == []
    with page.expect_response("**/live?*"):
        page.get_by_role("button", name="Resume live updates").click()
    expect(page.locator("#live-words")).to_have_text("Live updates are on.")


def test_three_failed_polls_say_that_the_connection_is_lost_and_one_good_one_ends_that(
    open_browser: OpenBrowser, person: Person
) -> None:
    page = open_browser(person=person, allow=("net::ERR", "Failed to fetch"))
    failed: list[str] = []
    page.on("requestfailed", lambda request: failed.append(request.url))
    page.route("**/live?*", lambda route: route.abort())
    page.goto("/jobs")
    listen(page)
    expect(page.locator("#connection")).to_be_visible()
    expect(page.locator("#connection")).to_have_text("Connection lost, retrying")
    assert len(failed) >= 3

    page.unroute("**/live?*")
    expect(page.locator("#connection")).to_be_hidden()
    assert heard(page) == ["Connection lost, retrying", "Connected again."]


def test_a_session_that_has_ended_leads_to_the_sign_in_page_and_back(
    office: Office, open_browser: OpenBrowser, person: Person
) -> None:
    page = open_browser(person=person, allow=("status of 401",))
    page.goto("/jobs?status=failed")
    page.context.clear_cookies()
    expect(page).to_have_url(re.compile(r"/sign-in\?next=(/|%2F)jobs"))
    expect(page.locator("#tray")).to_have_count(0)
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{office.url}/jobs?status=failed")


def test_a_poll_that_brings_nothing_new_announces_nothing(page: Page, standing_import: str) -> None:
    expect(indicator(page)).to_have_attribute("data-status", "processing")
    with page.expect_response(lambda answer: "/live?" in answer.url and answer.status == 204):
        listen(page)
    assert heard(page) == []


def test_focus_stays_on_every_control_while_polls_swap_around_it(page: Page, standing_import: str) -> None:
    page.locator("#tray-summary").click()
    for control in page.locator("#tray :is(a, button, summary), main :is(a, button, summary)").all():
        name = control.get_attribute("id")
        if name is None:
            continue
        control.focus()
        with page.expect_response("**/live?*"):
            page.evaluate("htmx.trigger('#poller', 'poll-now')")
        expect(page.locator(f"#{name}")).to_be_focused()
