"""The whole way of a workbook, with all that happens to people on it: refused, signed out, cut off, corrected."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.sheets.workbooks import workbook

from .accessibility import complaints
from .conftest import OpenBrowser, StartOffice
from .office import Person
from .steps import check_columns_of, count_of, job_on, upload, wait_until
from .test_corrections import correct, download_errors

HEADER = ("Code", "Name", "Hours")


@pytest.fixture
def march(tmp_path: Path) -> Path:
    """Forty rows; the hours of four are “n/a”, and of three they are words."""
    hours = ["n/a" if number % 10 == 3 else "seven" if number % 10 == 7 and number < 30 else 8 for number in range(40)]
    rows = [(f"M{number:03}", f"Quay {number}", value) for number, value in enumerate(hours)]
    return workbook(tmp_path / "march.xlsx", [HEADER, *rows], sheet="Hours")


def test_a_workbook_is_refused_checked_imported_corrected_and_undone(
    start_office: StartOffice, open_browser: OpenBrowser, march: Path, tmp_path: Path
) -> None:
    office = start_office(MAX_UPLOAD_MB="1")
    somebody = office.newcomer()
    page = open_browser(office, somebody, allow=("status of 413", "status of 401", "net::ERR", "Failed to fetch"))
    too_large_for_the_server(page, tmp_path)

    check_columns_of(page, march)
    page.get_by_label("Type of Hours").select_option("decimal")
    page.get_by_label("Code is part of the key").check()
    page.get_by_role("button", name="Check first").click()
    wait_until(page, "completed")
    assert [count_of(page, name) for name in ("New", "Rejected")] == ["33", "7"]
    lose_the_session(page, somebody)
    lose_the_connection(page)

    page.get_by_label("What to do about n/a in Hours").select_option("Treat it as blank")
    page.get_by_role("button", name="Check again with these").click()
    expect(page.get_by_role("button", name="Import 37 rows")).to_be_visible()
    page.get_by_role("button", name="Import 37 rows").click()
    job_on(page)
    wait_until(page, "completed")
    imported = page.url
    assert [count_of(page, name) for name in ("Inserted", "Rejected")] == ["37", "3"]
    assert complaints(page) == []

    errors = correct(download_errors(page, tmp_path))
    page.get_by_role("link", name="upload it again").click()
    upload(page, errors)
    wait_until(page, "completed")
    assert count_of(page, "Inserted") == "3"

    page.goto(imported)
    page.get_by_role("link", name="Undo this import").click()
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    page.get_by_role("link", name="See the rows").click()
    expect(page.locator(".pagination-where")).to_contain_text("3 rows")


def too_large_for_the_server(page: Page, folder: Path) -> None:
    """A file of which only the server finds out how large it is: nothing of it stays, and a sentence says why."""
    large = folder / "large.xlsx"
    large.write_bytes(b"PK\x03\x04" + bytes(4_000_000))
    page.goto("/import-templates/new")
    page.locator("#workbook").evaluate("input => delete input.dataset.megabytes")
    upload(page, large)
    expect(page.get_by_text("1 MB is the most that can be sent.")).to_be_visible()


def lose_the_session(page: Page, person: Person) -> None:
    """The session ends while the page is open; after signing in again, it is the same page."""
    address = page.url
    page.context.clear_cookies()
    page.get_by_role("button", name="Check again with these").click()
    expect(page).to_have_url(re.compile("/sign-in"))
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#account-menu")).to_be_visible()
    page.goto(address)


def lose_the_connection(page: Page) -> None:
    """Three polls fail, which is said; the next one succeeds."""
    page.route("**/live?*", lambda route: route.abort())
    expect(page.locator("#connection")).to_be_visible()
    page.unroute("**/live?*")
    expect(page.locator("#connection")).to_be_hidden()
