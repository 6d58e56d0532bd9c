"""An admin interrupts a running job: it says so, goes back on its queue, and resumes where it stopped."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.installation import wait_for

from .accessibility import complaints
from .office import Office, Person
from .steps import expect_focus, import_of_hours, indicator, wait_until


@pytest.fixture
def person(office: Office) -> Person:
    """An admin of an organization of their own."""
    return office.newcomer(role="admin")


def test_an_interrupted_import_resumes_from_its_checkpoint(
    office: Office, page: Page, person: Person, many_hours: Path
) -> None:
    with office.held():
        job_id = import_of_hours(page, many_hours)
    wait_for("row done", lambda: office.rows_done(job_id))
    with office.held():
        button = page.get_by_role("button", name="Interrupt")
        expect(button).to_have_accessible_description(
            "It goes back on its queue and resumes from its checkpoint. Nothing is lost, nothing is done twice."
        )
        button.click()
        expect(indicator(page)).to_contain_text("Interrupting…")
        expect(button).to_have_count(0)
        expect_focus(page, f"job-heading-page-{job_id}")
    wait_until(page, "completed")
    page.locator(f"#job-more-summary-{job_id}").click()
    history = page.locator(f"#history-{job_id}")
    for words in (f"{person.name} asked to interrupt it", "Interrupted: somebody asked", "Went on from its last"):
        expect(history).to_contain_text(words)
    expect(page.locator(".counts div", has_text="Inserted").locator("dd")).to_have_text("40,000")


def test_the_button_and_its_explanation_can_be_read_by_everybody(page: Page, standing_import: str) -> None:
    expect(page.get_by_role("button", name="Interrupt")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Interrupt").click()
    expect(indicator(page)).to_contain_text("Interrupting…")
    assert complaints(page) == []
