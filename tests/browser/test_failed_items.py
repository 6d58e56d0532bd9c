"""Items that failed while their job went on, as people come upon them."""

import pytest
from playwright.sync_api import Page, expect

from .accessibility import complaints
from .office import Office, Person

REASON = "It has no customer. Give the order one, or remove it."


@pytest.fixture
def job_id(office: Office, person: Person) -> str:
    """A job of which sixty items failed; its worker has no say in it any more."""
    job_id = office.add_test_job(person)
    office.wait_for_status(job_id, "completed")
    office.fail_items(job_id, [f"order {number}" for number in range(1, 61)], REASON)
    return job_id


def test_the_first_are_on_the_page_of_the_job_and_lead_to_all(page: Page, job_id: str) -> None:
    page.goto(f"/jobs/{job_id}")
    rows = page.locator("#failed-items-table tbody tr")
    expect(rows).to_have_count(10)
    expect(rows.first).to_contain_text(REASON)
    page.get_by_role("link", name="All 60 failed items").click()
    expect(rows).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(rows).to_have_count(10)
    expect(rows.last).to_contain_text("order 60")


def test_one_more_is_shown_without_a_reload(office: Office, page: Page, job_id: str) -> None:
    page.goto(f"/jobs/{job_id}/failed-items?page=2")
    page.evaluate("window.isTheSamePage = true")
    office.fail_items(job_id, ["order 61"], REASON)
    expect(page.locator("#failed-items-table")).to_contain_text("order 61")
    expect(page.locator("main")).to_contain_text("61 items failed while the job went on with the others.")
    assert page.evaluate("window.isTheSamePage")


def test_they_can_be_read_by_everybody(office: Office, page: Page, person: Person, job_id: str) -> None:
    none_failed = office.add_test_job(person)
    for address in (f"{job_id}", f"{job_id}/failed-items", f"{none_failed}/failed-items"):
        page.goto(f"/jobs/{address}")
        assert complaints(page) == []
