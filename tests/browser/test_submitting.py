"""Forms are sent once, and refused with a sentence when there are too many jobs."""

from pathlib import Path

from playwright.sync_api import Page, expect

from .conftest import OpenBrowser
from .office import Office, Person
from .steps import check_columns_of, heard, job_on, listen

ACTIVE_JOBS = 10


def test_a_double_click_starts_one_import(office: Office, page: Page, few_hours: Path) -> None:
    check_columns_of(page, few_hours)
    page.locator("#import-button").dblclick()
    job_on(page)
    expect_one_job(page)


def test_a_double_click_starts_one_test_job(page: Page) -> None:
    page.goto("/jobs")
    page.locator("#run-test-job").dblclick()
    expect(page.locator(".indicator-page")).to_be_visible()
    expect_one_job(page)


def test_the_same_form_from_two_tabs_starts_one_import(page: Page, few_hours: Path) -> None:
    check_columns_of(page, few_hours)
    fields = page.locator("form:has(#import-button)").evaluate("(form) => [...new FormData(form)]")
    send = """(fields) => Promise.all([1, 2, 3].map(() =>
      fetch(location.href, { method: "POST", body: new URLSearchParams(fields) }).then(({ url }) => url)))"""
    assert len(set(page.evaluate(send, fields))) == 1
    expect_one_job(page)


def test_the_button_says_what_goes_on_and_keeps_the_focus(page: Page, few_hours: Path) -> None:
    page.goto("/import-templates/new")
    listen(page)
    page.route("**/uploads", lambda route: None)
    page.get_by_label("Workbook").set_input_files(few_hours)
    button = page.locator("#upload-button")
    button.focus()
    page.keyboard.press("Enter")
    expect(button).to_have_text("Uploading…")
    expect(button).to_have_attribute("aria-disabled", "true")
    expect(button).to_be_focused()
    assert button.get_attribute("disabled") is None
    assert heard(page) == ["Uploading few-hours.xlsx"]


def test_the_eleventh_job_is_refused_with_a_sentence(office: Office, open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person, allow=("status of 429",))
    with office.held():
        for _ in range(ACTIVE_JOBS):
            page.goto("/jobs")
            page.locator("#run-test-job").click()
            expect(page.locator(".indicator-page")).to_be_visible()
        expect(page.locator("#tray-summary")).to_contain_text("10 jobs waiting")
        page.goto("/jobs")
        page.locator("#run-test-job").click()
        expect(page.locator("main")).to_contain_text("You have 10 active jobs, the most at a time: Test job")
        page.goto("/jobs")
        expect(page.locator("#jobs-table tbody tr")).to_have_count(ACTIVE_JOBS)


def expect_one_job(page: Page) -> None:
    """The list of jobs has exactly one."""
    page.goto("/jobs")
    expect(page.locator("#jobs-table tbody tr")).to_have_count(1)
