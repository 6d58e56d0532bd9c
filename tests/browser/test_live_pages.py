"""Pages that move: after a reload, in other browsers, under the reader's hands."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.installation import wait_for

from .conftest import OpenBrowser, StartOffice
from .office import Office, Person
from .steps import expect_focus, import_of_hours, indicator, sign_in, sign_out, wait_until


def test_half_way_a_reload_shows_the_indicator_again(page: Page, standing_import: str) -> None:
    page.reload()
    expect(indicator(page)).to_have_attribute("data-job", standing_import)
    expect(indicator(page)).to_contain_text(re.compile(r"[1-9][\d,]* of 40,000 rows"))
    page.goto("/datasets")
    expect(page.locator(f"#job-tray-{standing_import}")).to_have_attribute("data-status", "processing")


def test_a_second_browser_sees_the_job_move_without_a_reload(
    office: Office, open_browser: OpenBrowser, page: Page, person: Person, hours: Path
) -> None:
    other = open_browser(person=person)
    other.goto("/datasets")
    other.evaluate("window.isTheSamePage = true")
    with office.held():
        job_id = import_of_hours(page, hours)
        in_tray = other.locator(f"#job-tray-{job_id}")
        expect(in_tray).to_have_attribute("data-status", "pending")
    expect(in_tray).to_have_attribute("data-status", "completed")
    assert other.evaluate("window.isTheSamePage")


@pytest.mark.parametrize("relation", ["a stranger", "a colleague"])
def test_another_user_sees_nothing_of_it(
    office: Office, open_browser: OpenBrowser, page: Page, person: Person, standing_import: str, relation: str
) -> None:
    organization = person.name.replace("Mia Quay", "Office") if relation == "a colleague" else None
    other = open_browser(person=office.newcomer(organization), allow=("status of 404",))
    expect(other.locator("#tray")).to_contain_text("No jobs running")
    other.goto("/jobs")
    expect(other.get_by_role("heading", name="No jobs yet")).to_be_visible()
    for address in (page.url, f"{office.url}/jobs/{standing_import}"):
        other.goto(address)
        expect(other.get_by_role("heading", name="Page not found")).to_be_visible()


def test_the_job_is_there_after_signing_in_again(page: Page, person: Person, standing_import: str) -> None:
    sign_out(page)
    sign_in(page, person)
    expect(page.locator("#tray-summary")).to_contain_text("1 job running")
    page.locator("#tray-summary").click()
    page.locator("#tray").get_by_role("link", name="Import many-hours.xlsx").click()
    expect(indicator(page)).to_have_attribute("data-job", standing_import)


def test_a_restart_in_between_loses_nothing(
    start_office: StartOffice, open_browser: OpenBrowser, few_hours: Path
) -> None:
    office = start_office()
    page = open_browser(office, office.newcomer(), allow=("net::ERR", "Failed to fetch"))
    with office.held():
        job_id = import_of_hours(page, few_hours)
        office.kill_everything()
    office.start()
    page.goto("/datasets")
    expect(page.locator(f"#job-tray-{job_id}")).to_have_attribute("data-status", "completed")


def test_focus_text_selection_and_open_parts_survive_polls(office: Office, page: Page, standing_import: str) -> None:
    page.locator(f"#job-more-summary-{standing_import}").click()
    page.locator("#tray-summary").click()
    cancel = page.locator(f"#cancel-tray-{standing_import}")
    cancel.focus()
    scroll = page.evaluate("window.scrollTo(0, 40); window.scrollY")

    office.cancel(standing_import)
    expect(indicator(page)).to_contain_text("Cancelling…")
    for part in ("#tray-menu", f"#job-more-{standing_import}"):
        expect(page.locator(part)).to_have_attribute("open", "")
    expect_focus(page, f"job-heading-tray-{standing_import}")
    moved = abs(page.evaluate("window.scrollY") - scroll)
    assert moved < 10, "what is seen stays in its place; the browser makes up for what is a little lower above it"


def test_what_is_being_typed_and_the_focus_survive_swaps(office: Office, page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.get_by_role("link", name="See the rows").click()
    search = page.get_by_label("Search in")
    search.press_sequentially("quay")
    before = page.locator("#poller").get_attribute("hx-get")
    other_tab = page.context.new_page()
    other_tab.goto("/jobs")
    other_tab.get_by_role("button", name="Run a test job").click()
    expect(page.locator("#tray-list")).to_contain_text("Test job")
    assert page.locator("#poller").get_attribute("hx-get") != before
    expect_focus(page, "q")
    assert search.input_value() == "quay"


def test_a_test_job_shows_its_result_without_a_reload(office: Office, page: Page) -> None:
    page.goto("/jobs")
    with office.held():
        page.get_by_role("button", name="Run a test job").click()
        expect(indicator(page)).to_contain_text("Waiting to start")
        page.evaluate("window.isTheSamePage = true")
    expect(indicator(page)).to_contain_text("Hello, world. A worker took this job, ran it, and told you so.")
    assert page.evaluate("window.isTheSamePage")


def test_each_live_region_is_there_once_empty_and_stays_the_same(page: Page, few_hours: Path) -> None:
    page.goto("/import-templates")
    for role in ("status", "alert"):
        expect(page.locator(f"[role={role}]")).to_have_count(1)
        expect(page.locator(f"[role={role}]")).to_be_empty()
    import_of_hours(page, few_hours)
    region = page.locator("#announcements").element_handle()
    wait_for("announcement", lambda: region.inner_text())
    assert region.evaluate("(node) => node.isConnected")
