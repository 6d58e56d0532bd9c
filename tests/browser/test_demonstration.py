"""The page Demonstration: each job runs in both styles, is interrupted, paused, resumed and cancelled there (D9)."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Locator, Page, expect

from webapp.commerce.jobs import STYLES

from .accessibility import complaints
from .conftest import OpenBrowser
from .keyboard import go_to, press
from .office import Office, Person
from .steps import expect_focus

ENDED = re.compile("completed|cancelled")


class Place:
    """One style of one job on the page."""

    def __init__(self, page: Page, name: str, style: str):
        self.page, self.name = page, f"{name}-{style}"
        self.region = page.locator(f"#demo-{self.name}")
        self.job = self.region.locator(".indicator-card")

    def start(self, at: int | None = None) -> "Place":
        """Starts the job, to be interrupted at an item; answers itself, once the job is there."""
        before = self.job_id if self.job.count() else ""
        self.page.locator(f"#at-{self.name}").fill(str(at or ""))
        self.page.locator(f"#start-{self.name}").click()
        expect(self.job).to_have_attribute("data-job", re.compile(f"^(?!{before or '-'}$)"))
        return self

    @property
    def job_id(self) -> str:
        """The id of the job that is shown."""
        return self.job.get_attribute("data-job") or ""

    def button(self, verb: str) -> Locator:
        """The button that interrupts, pauses, resumes or cancels the job."""
        return self.region.locator(f"#{verb}-{'demo' if verb == 'interrupt' else 'card'}-{self.job_id}")

    def says(self, words: str | re.Pattern[str]) -> None:
        """Waits until the region says so, without a reload."""
        expect(self.region).to_contain_text(words)

    def is_now(self, status: str | re.Pattern[str]) -> None:
        """Waits until the job is in this status, without a reload."""
        expect(self.job).to_have_attribute("data-status", status)


@pytest.fixture
def page(office: Office, open_browser: OpenBrowser) -> Iterator[Page]:
    """The page, as an admin sees it who has started nothing yet; what is under way in the end is cancelled."""
    page = open_browser(person=office.newcomer(role="admin"), allow=("status of 422",))
    page.goto("/demo")
    yield page
    for job_id in page.locator(".demo-style .indicator-card").evaluate_all("(jobs) => jobs.map((j) => j.dataset.job)"):
        office.cancel(job_id)
    page.goto("/demo")
    for indicator in page.locator(".demo-style .indicator-card").all():
        expect(indicator).to_have_attribute("data-status", ENDED)


@pytest.mark.parametrize(("name", "at"), [("orders", 300), ("reports", 8), ("campaign", 150)])
def test_a_job_is_interrupted_at_an_item_and_comes_to_its_end_in_both_styles(page: Page, name: str, at: int) -> None:
    places = [Place(page, name, style).start(at) for style in STYLES]
    for place in places:
        place.is_now("completed")
        place.says(re.compile(r"It stands .+ done, checkpoint \d+\. Interrupted so far: 1\."))


@pytest.mark.parametrize("style", STYLES)
def test_a_job_is_interrupted_paused_resumed_and_cancelled_by_button(page: Page, style: str) -> None:
    place = Place(page, "orders", style).start()
    place.says(re.compile(r"behind order S-\d+: \d+ of 1,000 orders done, checkpoint \d+\."))
    place.button("interrupt").click()
    place.says("Interrupted so far: 1.")
    place.button("pause").click()
    place.says("Paused")
    expect(place.button("pause")).to_have_count(0)
    place.button("resume").click()
    place.is_now("processing")
    place.button("cancel").click()
    place.is_now("cancelled")
    place.says(re.compile(r"Kept .* of 1,000 orders|[\d,]+ of 1,000 orders"))


def test_it_is_all_done_with_the_keyboard_and_the_focus_is_never_lost(page: Page) -> None:
    place = Place(page, "orders", "steps")
    press(page, page.locator("#start-orders-steps"))
    expect(place.job).to_be_visible()
    place.is_now("processing")
    for verb, words in (("interrupt", "Interrupted so far: 1."), ("pause", "Paused"), ("resume", "behind order")):
        go_to(page, place.button(verb))
        page.keyboard.press("Enter")
        place.says(words)
        expect(page.locator("body")).not_to_be_focused()
    place.is_now("processing")
    press(page, place.button("cancel"))
    place.is_now("cancelled")
    expect_focus(page, f"job-heading-card-{place.job_id}")


def test_everybody_can_read_it_whatever_it_shows(page: Page) -> None:
    assert complaints(page) == []
    page.locator(".demo-style summary").first.click()
    assert complaints(page) == []
    place = Place(page, "campaign", "iteration").start()
    place.says("behind recipient")
    assert complaints(page) == []
    place.button("pause").click()
    place.says("Paused")
    assert complaints(page) == []
    place.button("cancel").click()
    place.is_now("cancelled")
    assert complaints(page) == []


def test_a_place_that_no_item_has_is_refused_in_words(page: Page) -> None:
    page.locator("#at-orders-steps").fill("many")
    page.locator("#start-orders-steps").click()
    expect(page.locator("main")).to_contain_text("Write a whole number from 1 to 1,000, or nothing.")
    assert complaints(page) == []


def test_members_do_not_find_it(office: Office, open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person, allow=("status of 404",))
    answer = page.goto("/demo")
    assert answer is not None
    assert answer.status == 404
