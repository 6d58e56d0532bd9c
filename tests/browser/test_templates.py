"""Templates in Chromium: columns matched once, an editor for the keyboard and without JavaScript, on every screen."""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from tests.sheets.workbooks import workbook

from .accessibility import complaints
from .conftest import OpenBrowser
from .keyboard import press
from .office import Person
from .steps import check_columns_of, confirm, focused, indicator, wait_until

HEADER = ("Code", "Name", "Hours")
ROWS = [("A1", "Ada", 1.5), ("A2", "Max", 2.5), ("A3", "Mia", 3.5)]


@pytest.fixture
def page(open_browser: OpenBrowser, person: Person) -> Page:
    """A browser in which the person is signed in; forms may be refused."""
    return open_browser(person=person, allow=("status of 422",))


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Three rows of a time sheet."""
    return workbook(tmp_path / "small.xlsx", [HEADER, *ROWS], sheet="Hours")


@pytest.fixture
def odd(tmp_path: Path) -> Path:
    """The same rows below a title, under other names, beside a column that nobody knows."""
    rows = [("Hours of May",), ("Number", "Name", "Worked", "Weather"), *((*row, "fair") for row in ROWS)]
    return workbook(tmp_path / "odd.xlsx", rows, sheet="May")


@pytest.fixture
def template(page: Page, small: Path) -> str:
    """The address of a template by which a workbook was imported."""
    check_columns_of(page, small)
    confirm(page, key=["Code"])
    wait_until(page, "completed")
    return page.url.split("/jobs/")[0]


def headers(page: Page) -> list[str]:
    """What the columns are called in the editor."""
    return [field.input_value() for field in page.get_by_label("Column in workbooks").all()]


def test_odd_headers_are_matched_once(page: Page, template: str, odd: Path) -> None:
    page.goto(template)
    page.get_by_label("Workbook").set_input_files(odd)
    page.locator("#upload-button").click()
    expect(page.get_by_role("heading", name="Match the columns")).to_be_visible()
    assert complaints(page) == []
    page.locator("#import-button").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text("No column becomes Code")
    assert complaints(page) == []
    page.get_by_label("What Number becomes").select_option("Code")
    page.get_by_label("What Worked becomes").select_option("Hours")
    page.locator("#import-button").click()
    wait_until(page, "completed")
    expect(indicator(page)).to_contain_text("3 rows imported: 3 unchanged.")

    page.goto(template)
    page.get_by_label("Workbook").set_input_files(odd)
    page.locator("#upload-button").click()
    wait_until(page, "completed")


def test_a_header_in_another_row_is_chosen(page: Page, template: str, odd: Path) -> None:
    page.goto(template)
    page.get_by_label("Workbook").set_input_files(odd)
    page.locator("#upload-button").click()
    page.get_by_label("Header in row").select_option(label="1: Hours of May")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_role("rowheader", name="Hours of May")).to_be_visible()
    page.get_by_label("Header in row").select_option(label="2: Number · Name · Worked · Weather")
    page.get_by_role("button", name="Read again").click()
    expect(page.get_by_role("rowheader", name="Weather")).to_be_visible()


def test_a_template_is_edited_with_the_keyboard(page: Page, template: str) -> None:
    page.goto(f"{template}/edit")
    press(page, page.locator("#down-0"))
    expect(page.locator("#down-1")).to_be_focused()
    assert headers(page) == ["Name", "Code", "Hours"]
    page.keyboard.press("Enter")
    expect(page.locator("#up-2")).to_be_focused()
    press(page, page.locator("#add-column"))
    expect(page.locator("#columns-3-header")).to_be_focused()
    page.keyboard.type("Note")
    press(page, page.locator("#save-template"))
    expect(page.locator(".banner")).to_contain_text("Version 2 is saved")
    expect(page.locator("#template-columns tbody tr")).to_have_count(4)


def test_only_the_rules_of_the_chosen_type_are_shown(page: Page, template: str) -> None:
    page.goto(f"{template}/edit")
    page.locator("#columns-1-field-rules-summary").click()
    expect(page.locator("#columns-1-pattern")).to_be_visible()
    expect(page.locator("#columns-1-choices")).to_be_hidden()
    page.locator("#columns-1-type").select_option("choice")
    expect(page.locator("#columns-1-choices")).to_be_visible()
    expect(page.locator("#columns-1-pattern")).to_be_hidden()
    expect(page.locator("#columns-1-aliases")).to_be_visible()


def test_what_is_wrong_with_a_column_is_found_from_the_summary(page: Page, template: str) -> None:
    page.goto(f"{template}/edit")
    page.locator("#columns-2-field-rules-summary").click()
    page.locator("#columns-2-minimum").fill("9")
    page.locator("#columns-2-maximum").fill("1")
    page.locator("#save-template").click()
    expect(page.locator("#error-summary")).to_be_focused()
    assert complaints(page) == []
    page.get_by_role("link", name="Hours: The minimum 9 is above the maximum 1.").click()
    assert focused(page) == "columns-2-minimum"


@pytest.mark.parametrize("path", ["", "/edit", "/versions", "/versions/1", "/deletion"])
def test_every_page_of_a_template_can_be_used_by_all(page: Page, template: str, path: str) -> None:
    page.goto(f"{template}{path}")
    assert complaints(page) == []


def test_a_template_is_made_by_hand_without_javascript(open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    page.goto("/import-templates/new-by-hand")
    page.get_by_label("Template name").fill("Visits")
    page.locator("#columns-0-header").fill("Day")
    page.locator("#add-column").click()
    page.locator("#columns-1-header").fill("Ship")
    page.locator("#up-1").click()
    assert headers(page) == ["Ship", "Day"]
    page.locator("#columns-1-header").press("Enter")
    expect(page.get_by_role("heading", name="Visits")).to_be_visible()
    expect(page.locator("#template-columns tbody th")).to_have_text(["Ship", "Day"])
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a blank workbook").click()
    assert download.value.suggested_filename == "Visits.xlsx"


def test_a_filled_blank_workbook_needs_no_matching(page: Page, template: str, tmp_path: Path) -> None:
    page.goto(template)
    with page.expect_download() as download:
        page.get_by_role("link", name="Download a blank workbook").click()
    blank = tmp_path / "blank.xlsx"
    download.value.save_as(blank)
    fill(blank)
    page.get_by_label("Workbook").set_input_files(blank)
    page.locator("#upload-button").click()
    wait_until(page, "completed")
    expect(page).to_have_url(re.compile("/jobs/"))
    expect(indicator(page)).to_contain_text("1 row imported: 1 new.")


def fill(path: Path) -> None:
    """Fills a row into a blank workbook."""
    book = load_workbook(path)
    book.worksheets[0].append(["007", "Otto", 4])
    book.save(path)
