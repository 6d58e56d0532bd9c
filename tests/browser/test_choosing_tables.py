"""A workbook of customers goes to their table from the page of its columns: by keyboard, without JavaScript, narrow."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.sheets.workbooks import workbook

from .accessibility import complaints
from .conftest import OpenBrowser
from .keyboard import press
from .office import Person
from .steps import count_of, job_on, upload, wait_until

BOOK = [
    ("Customer no", "Company", "E-mail"),
    ("C-1", "Ropeworks", "ada@example.org"),
    ("C-2", "Coldstore", "nobody@"),
]


@pytest.fixture
def customers(tmp_path: Path) -> Path:
    """A workbook of two customers; the address of one is none."""
    return workbook(tmp_path / "customers.xlsx", BOOK)


def test_the_table_is_chosen_with_the_keyboard_and_its_list_says_what_came_of_it(page: Page, customers: Path) -> None:
    page.goto("/import-templates/new")
    upload(page, customers)
    expect(page.get_by_text("This looks like a workbook of Customers")).to_be_visible()
    assert complaints(page) == []
    press(page, page.get_by_role("button", name="Use its columns"))
    expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    assert complaints(page) == []
    press(page, page.get_by_role("button", name="Import 2 rows"))
    job_on(page)
    wait_until(page, "completed")
    assert [count_of(page, name) for name in ("Inserted", "Rejected")] == ["1", "1"]
    page.set_viewport_size({"width": 320, "height": 800})
    page.locator(".crumbs").get_by_role("link", name="Customers").click()
    expect(page.locator("#imports-table tbody tr")).to_contain_text("Completed with 1 rejected row")
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert complaints(page) == []


def test_javascript_is_not_needed(open_browser: OpenBrowser, person: Person, customers: Path) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    page.goto("/import-templates/new")
    upload(page, customers)
    page.get_by_role("button", name="Use its columns").click()
    page.get_by_role("link", name="make a dataset of them").click()
    expect(page.get_by_role("heading", name="Where the rows go")).to_be_visible()
