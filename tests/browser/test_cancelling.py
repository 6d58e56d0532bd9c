"""A job is cancelled: what the button says, what the page says then, and where the focus is."""

from pathlib import Path

from playwright.sync_api import Page, expect

from tests.installation import wait_for

from .office import Office
from .steps import expect_focus, heard, import_of_hours, indicator, listen, wait_until


def test_a_running_job_stops_and_keeps_what_was_done(office: Office, page: Page, many_hours: Path) -> None:
    with office.held():
        job_id = import_of_hours(page, many_hours)
    wait_for("row done", lambda: office.rows_done(job_id))
    with office.held():
        expect(indicator(page)).to_have_attribute("data-status", "processing")
        listen(page)
        page.locator(f"#cancel-page-{job_id}").click()
        expect(indicator(page)).to_contain_text("Cancelling…")
    wait_until(page, "cancelled")

    done = office.rows_done(job_id)
    outcome = f"Cancelled after {done:,} of 40,000 rows. What was done until then is kept."
    expect(indicator(page)).to_contain_text(outcome)
    expect(page.locator(".counts div", has_text="Inserted").locator("dd")).to_have_text(f"{done:,}")
    assert [sentence for sentence in heard(page) if "after" in sentence] == [f"Import many-hours.xlsx: {outcome}"]
    expect_focus(page, f"job-heading-page-{job_id}")


def test_a_waiting_job_is_cancelled_at_once(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        job_id = import_of_hours(page, few_hours)
        page.locator(f"#cancel-page-{job_id}").click()
        wait_until(page, "cancelled")
    expect(indicator(page)).to_contain_text("Cancelled before anything was done.")


def test_a_cancelled_job_leaves_the_tray_by_itself_and_stays_in_the_list(
    office: Office, page: Page, few_hours: Path
) -> None:
    with office.held():
        job_id = import_of_hours(page, few_hours)
        page.goto("/jobs")
        page.locator("#tray-summary").click()
        page.locator(f"#cancel-tray-{job_id}").click()
        item = page.locator(f"#tray-item-{job_id}")
        expect(item).to_contain_text("Cancelled")
        expect(item).to_be_visible()
        expect(item).to_be_hidden()
    expect(page.locator(f"#job-row-{job_id}")).to_contain_text("Cancelled")


def test_two_browsers_may_cancel_the_same_job(office: Office, page: Page, few_hours: Path) -> None:
    with office.held():
        job_id = import_of_hours(page, few_hours)
        office.cancel(job_id)
        page.evaluate("(id) => document.getElementById(id)?.click()", f"cancel-page-{job_id}")
        wait_until(page, "cancelled")
