"""Everything can be done with the keyboard alone, and the focus can be seen on the way."""

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from .conftest import OpenBrowser
from .keyboard import go_to, press
from .office import Office, Person
from .steps import indicator, wait_until


def test_an_import_from_signing_in_to_signing_out(open_browser: OpenBrowser, person: Person, few_hours: Path) -> None:
    page = open_browser()
    sign_in_by_keyboard(page, person)
    press(page, page.get_by_role("link", name="Import a workbook"))
    choose_by_keyboard(page, few_hours)
    press(page, page.get_by_role("button", name="Upload"))
    expect(page.get_by_role("heading", name="Check the columns")).to_be_visible()
    press(page, page.get_by_label("Entry no is part of the key"), "Space")
    go_to(page, page.get_by_label("Type of Hours"))
    page.keyboard.type("Number")
    press(page, page.locator("#import-button"))
    wait_until(page, "completed")

    press(page, page.get_by_role("link", name="See the rows"))
    press(page, page.get_by_role("link", name="Entry no"))
    expect(page.get_by_role("columnheader", name="Entry no")).to_have_attribute("aria-sort", "ascending")
    press(page, page.get_by_role("link", name="Next page"))
    expect(page.locator(".pagination-where")).to_contain_text("Page 2 of 5")
    press(page, page.locator("#account-menu summary"))
    press(page, page.get_by_role("button", name="Sign out"))
    expect(page).to_have_url(re.compile("/sign-in"))


def test_a_job_is_watched_and_cancelled(office: Office, page: Page, standing_import: str) -> None:
    press(page, page.locator("#tray-summary"))
    press(page, page.locator("#tray").get_by_role("link", name="Import many-hours.xlsx"))
    expect(indicator(page)).to_be_visible()
    press(page, page.locator(f"#cancel-page-{standing_import}"))
    expect(indicator(page)).to_contain_text("Cancelling…")
    expect(page.locator(f"#job-heading-page-{standing_import}")).to_be_focused()


def test_the_first_stop_skips_to_the_content(page: Page) -> None:
    page.goto("/jobs")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to content")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()


def test_escape_closes_a_menu_and_gives_the_focus_back(page: Page) -> None:
    press(page, page.locator("#tray-summary"))
    go_to(page, page.locator("#tray-all"))
    page.keyboard.press("Escape")
    expect(page.locator("#tray-menu")).not_to_have_attribute("open", "")
    expect(page.locator("#tray-summary")).to_be_focused()


def sign_in_by_keyboard(page: Page, person: Person) -> None:
    """Signs in with Tab, letters and Enter."""
    page.goto("/")
    go_to(page, page.get_by_label("E-mail"))
    page.keyboard.type(person.email)
    go_to(page, page.get_by_label("Password"))
    page.keyboard.type(person.password)
    page.keyboard.press("Enter")
    expect(page.locator("#account-menu")).to_be_visible()


def choose_by_keyboard(page: Page, workbook: Path) -> None:
    """Opens the file chooser with Enter; what it offers is the system's own affair.

    Keys reach a page by another way than the order to catch its file chooser, and may overtake it: so the control is
    gone to, and with it the page asked, between the order and the key.
    """
    with page.expect_file_chooser() as chooser:
        press(page, page.get_by_label("Workbook"))
    chooser.value.set_files(workbook)
