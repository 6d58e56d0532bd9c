"""Everything works without JavaScript: forms post, pages refresh."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from .conftest import OpenBrowser
from .office import Office, Person
from .steps import count_of, import_of_hours, indicator, sign_out


@pytest.fixture
def page(open_browser: OpenBrowser, person: Person) -> Page:
    """A browser without JavaScript in which the person is signed in."""
    return open_browser(person=person, java_script_enabled=False)


def test_an_import_from_the_first_page_to_its_result(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        job_id = import_of_hours(page, few_hours)
        expect(indicator(page)).to_contain_text("Waiting to start")
        refresh = page.locator("meta[http-equiv=refresh]")
        expect(refresh).to_have_attribute("content", "15")
        page.get_by_role("link", name="Stop refreshing").click()
        expect(refresh).to_have_count(0)
    office.wait_for_status(job_id, "completed")
    page.reload()
    assert [count_of(page, name) for name in ("Inserted", "Rejected")] == ["240", "60"]
    sign_out(page)


def test_a_job_is_cancelled(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        import_of_hours(page, few_hours)
        indicator(page).get_by_role("button", name="Cancel").click()
        expect(indicator(page)).to_contain_text("Cancelled before anything was done.")


def test_the_control_of_live_updates_is_not_shown(page: Page) -> None:
    expect(page.locator("#live-button")).to_be_hidden()
