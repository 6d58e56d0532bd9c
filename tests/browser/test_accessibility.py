"""Every page in every state, wide and narrow, light and dark, is clean by axe-core and needs no sideways scrolling."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .accessibility import complaints
from .conftest import OpenBrowser
from .office import Office, Person
from .steps import check_columns_of, import_of_hours, indicator, upload, wait_until

EMPTY = ("/import-templates", "/import-templates/new", "/datasets", "/jobs", "/jobs?status=failed", "/account", "/none")
REFUSED = ("status of 422", "status of 404", "status of 400", "status of 405")


@pytest.fixture
def page(open_browser: OpenBrowser, person: Person) -> Page:
    """A browser in which the person is signed in, and in which forms may be refused."""
    return open_browser(person=person, allow=REFUSED)


def test_signing_in(open_browser: OpenBrowser) -> None:
    page = open_browser(allow=REFUSED)
    page.goto("/sign-in")
    assert complaints(page) == []
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert complaints(page) == []
    page.goto("/nowhere")
    assert complaints(page) == []


@pytest.mark.parametrize("address", EMPTY)
def test_a_page_that_has_nothing_to_show(page: Page, address: str) -> None:
    page.goto(address)
    assert complaints(page) == []


def test_the_menus(page: Page) -> None:
    page.goto("/account")
    page.locator("#account-menu summary").click()
    assert complaints(page) == []
    page.locator(".narrow-menu summary").click()
    assert complaints(page) == []


def test_a_refused_file_and_a_refused_form(page: Page, few_hours: Path, tmp_path: Path) -> None:
    (tmp_path / "words.xlsx").write_text("<html></html>")
    page.goto("/import-templates/new")
    upload(page, tmp_path / "words.xlsx")
    expect(page.get_by_role("heading", name="There is a problem")).to_be_visible()
    assert complaints(page) == []

    check_columns_of(page, few_hours)
    assert complaints(page) == []
    for wrong in ({"Template name": "", "Dataset": ""}, {"Field for Hours": "8 h", "Field for Name": "?"}):
        for label in ("Template name", "Dataset"):
            page.get_by_label(label, exact=True).fill("Hours")
        for label, text in wrong.items():
            page.get_by_label(label, exact=True).fill(text)
        page.locator("#import-button").click()
        expect(page.get_by_role("group", name="There is a problem").get_by_role("link")).to_have_count(2)
        expect(page.locator("#error-summary")).to_contain_text(
            "Give the" if "Dataset" in wrong else "such as employee_no"
        )
        assert complaints(page) == []


def test_a_job_that_waits_then_is_cancelled(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        job_id = import_of_hours(page, few_hours)
        page.locator("#tray-summary").click()
        assert complaints(page) == []
        office.cancel(job_id)
        wait_until(page, "cancelled")
        assert complaints(page) == []


def test_a_job_that_runs(office: Office, page: Page, standing_import: str) -> None:
    expect(indicator(page)).to_have_attribute("data-status", "processing")
    page.locator("#tray-summary").click()
    page.locator(f"#job-more-summary-{standing_import}").dispatch_event("click")
    assert complaints(page) == []
    template = page.url.partition("/jobs/")[0]
    for address in (template, "/jobs", f"/jobs/{standing_import}", "/import-templates"):
        page.goto(address)
        assert complaints(page) == []
    office.cancel(standing_import)
    expect(page.locator("#tray-list")).to_contain_text("Cancelling…")
    assert complaints(page) == []


def test_a_job_that_has_ended_its_rows_and_its_rejected_rows(page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.locator("#tray-summary").click()
    assert complaints(page) == []
    page.get_by_role("link", name="All 60 rejected rows").click()
    assert complaints(page) == []
    page.goto("/datasets")
    assert complaints(page) == []
    page.get_by_role("link", name="few-hours").click()
    for query in ("", "?sort=hours&direction=descending&page=2", "?q=crane", "?q=nothing+of+the+kind"):
        page.goto(page.url.partition("?")[0] + query)
        assert complaints(page) == []


def test_a_job_that_failed(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        import_of_hours(page, few_hours)
        for stored in (office.folder / "uploads").iterdir():
            stored.unlink()
    wait_until(page, "failed")
    expect(indicator(page)).to_contain_text("The workbook few-hours.xlsx is no longer kept here. Upload it again.")
    expect(page.locator("#alerts")).to_contain_text("Import few-hours.xlsx: failed.")
    assert complaints(page) == []


def refused_by_address(page: Page) -> None:
    page.goto("/sign-out")


def refused_by_token(page: Page) -> None:
    page.goto("/jobs")
    page.locator("form:has(#run-test-job) [name=csrf_token]").evaluate("(field) => { field.value = 'old'; }")
    page.locator("#run-test-job").click()


@pytest.mark.parametrize(
    ("be_refused", "heading"),
    [(refused_by_address, "This cannot be done here"), (refused_by_token, "This form has expired")],
)
def test_a_page_that_cannot_be_shown(page: Page, be_refused: Callable[[Page], None], heading: str) -> None:
    be_refused(page)
    expect(page.get_by_role("heading", name=heading)).to_be_visible()
    assert complaints(page) == []
