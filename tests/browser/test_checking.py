"""A workbook is checked before it is imported: by mouse and keyboard, without JavaScript, narrow and dark."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.sheets.workbooks import workbook

from .accessibility import complaints
from .conftest import OpenBrowser
from .keyboard import go_to, press
from .office import Office, Person
from .steps import check_columns_of, count_of, import_of_hours, job_on, wait_until

HEADER = ("Code", "Name", "Hours")


@pytest.fixture
def odd_hours(tmp_path: Path) -> Path:
    """A workbook of twelve rows; the hours of three are “n/a”, and of one “two”."""
    hours = [8, 7, "n/a", 6, "two", "n/a", 5, 4, "n/a", 3, 2, 1]
    rows = [(f"C{number:03}", f"Quay {number}", value) for number, value in enumerate(hours)]
    return workbook(tmp_path / "odd-hours.xlsx", [HEADER, *rows], sheet="Hours")


def check_first(page: Page, path: Path) -> None:
    """Checks a workbook of a new kind, as far as the page of what it would do."""
    check_columns_of(page, path)
    page.get_by_label("Type of Hours").select_option("decimal")
    page.get_by_label("Code is part of the key").check()
    page.get_by_role("button", name="Check first").click()
    expect(page).to_have_url(re.compile(r"/imports/\d+/check$"))


def test_values_are_decided_upon_until_all_rows_fit_and_then_they_are_imported(page: Page, odd_hours: Path) -> None:
    check_first(page, odd_hours)
    wait_until(page, "completed")
    assert [count_of(page, name) for name in ("New", "Rejected")] == ["8", "4"]
    expect(page.locator("#checked-problems tbody tr").first).to_contain_text("n/a")
    assert complaints(page) == []
    page.get_by_label("What to do about n/a in Hours").select_option("Treat it as blank")
    page.get_by_label("What to do about two in Hours").select_option("Take instead:")
    page.get_by_label("What to take instead of two in Hours").fill("2")
    page.get_by_role("button", name="Check again with these").click()
    expect(page.get_by_role("button", name="Import 12 rows")).to_be_visible()
    expect(page.locator("#checked-new tbody tr")).to_have_count(10)
    assert complaints(page) == []
    page.get_by_role("button", name="Import 12 rows").click()
    job_on(page)
    wait_until(page, "completed")
    assert count_of(page, "Inserted") == "12"


def test_what_would_change_is_shown_beside_what_is_there(page: Page, few_hours: Path, tmp_path: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    template = page.url.split("/jobs/")[0]
    page.goto(template)
    page.get_by_label("Workbook").set_input_files(few_hours)
    page.get_by_role("button", name="Check first").click()
    wait_until(page, "completed")
    assert [count_of(page, name) for name in ("New", "Changed", "Unchanged", "Rejected")] == ["0", "0", "240", "60"]
    expect(page.get_by_label("All or nothing: import only if no row is rejected")).to_be_visible()
    assert complaints(page) == []


def test_the_keyboard_is_enough(page: Page, odd_hours: Path) -> None:
    check_first(page, odd_hours)
    wait_until(page, "completed")
    go_to(page, page.get_by_label("What to do about n/a in Hours"))
    page.keyboard.press("ArrowDown")
    press(page, page.get_by_role("button", name="Check again with these"))
    expect(page.get_by_role("button", name="Import 11 rows")).to_be_visible()
    press(page, page.get_by_role("button", name="Import 11 rows"))
    job_on(page)


def test_what_was_decided_is_kept_by_keyboard_and_the_next_workbook_needs_no_decision(
    page: Page, odd_hours: Path
) -> None:
    check_first(page, odd_hours)
    wait_until(page, "completed")
    page.get_by_label("What to do about n/a in Hours").select_option("Treat it as blank")
    page.get_by_role("button", name="Check again with these").click()
    go_to(page, page.get_by_label("Keep it: n/a in Hours is taken as blank"))
    expect(page.get_by_label("Keep it: n/a in Hours is taken as blank")).to_be_checked()
    assert complaints(page) == []
    press(page, page.get_by_role("button", name="Keep in the template"))
    expect(page.get_by_role("region", name="Notice")).to_contain_text("the next workbook needs no such decision")
    expect(page.locator("#checked-decisions tbody")).to_contain_text("Kept")
    assert complaints(page) == []
    page.get_by_role("link", name="odd-hours").click()
    page.get_by_label("Workbook").set_input_files(odd_hours)
    page.get_by_role("button", name="Check first").click()
    expect(page.get_by_role("button", name="Import 11 rows")).to_be_visible()


def test_javascript_is_not_needed(office: Office, person: Person, open_browser: OpenBrowser, odd_hours: Path) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    check_first(page, odd_hours)
    seen_after_reloading(page, page.get_by_role("button", name="Import 8 rows"))
    page.get_by_label("What to do about n/a in Hours").select_option("Treat it as blank")
    page.get_by_role("button", name="Check again with these").click()
    seen_after_reloading(page, page.get_by_role("button", name="Import 11 rows"))
    page.get_by_role("button", name="Keep in the template").click()
    expect(page.locator("#checked-decisions tbody")).to_contain_text("Kept")
    page.get_by_role("button", name="Import 11 rows").click()
    job_on(page)


def seen_after_reloading(page: Page, what: object, most: int = 300) -> None:
    """Reloads the page until something is on it."""
    for _ in range(most):
        if what.count():  # type: ignore[attr-defined]
            return
        page.wait_for_timeout(200)
        page.reload()
    raise AssertionError(f"{what} is not on the page")
