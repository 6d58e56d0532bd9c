"""What people do in a browser, step by step, and what they see and hear."""

import re
from collections.abc import Sequence
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from .office import Person

JOB_PAGE = re.compile(r"/import-templates/\d+/jobs/([0-9a-f]{16})$")

LISTEN = """() => {
  window.heard = [];
  for (const region of document.querySelectorAll("#announcements, #alerts")) {
    new MutationObserver((changes) => {
      for (const { addedNodes } of changes)
        for (const node of addedNodes) window.heard.push(node.textContent.trim());
    }).observe(region, { childList: true, subtree: true, characterData: true });
  }
}"""


def sign_in(page: Page, person: Person) -> None:
    """Signs a person in."""
    page.goto("/sign-in")
    page.get_by_label("E-mail").fill(person.email)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#account-menu")).to_be_visible()


def sign_out(page: Page) -> None:
    """Signs out through the account menu."""
    page.locator("#account-menu summary").click()
    page.get_by_role("button", name="Sign out").click()
    expect(page).to_have_url(re.compile(r"/sign-in"))


def upload(page: Page, workbook: Path) -> None:
    """Uploads a workbook on a page that takes one, without waiting for what comes of it."""
    page.get_by_label("Workbook").set_input_files(workbook)
    page.locator("#upload-button").click()


def check_columns_of(page: Page, workbook: Path) -> None:
    """Goes as far as the page on which the columns of a new workbook are checked."""
    page.goto("/import-templates/new")
    upload(page, workbook)
    expect(page.get_by_role("heading", name="Check the columns")).to_be_visible()


def confirm(page: Page, key: Sequence[str] = ()) -> str:
    """Starts the import whose columns are on the page; answers the id of its job."""
    for header in key:
        page.get_by_label(f"{header} is part of the key").check()
    page.locator("#import-button").click()
    return job_on(page)


def import_of_hours(page: Page, workbook: Path) -> str:
    """Imports a time sheet as a new template; answers the id of the job, whose page is open then."""
    check_columns_of(page, workbook)
    page.get_by_label("Type of Hours").select_option("decimal")
    return confirm(page, key=["Entry no"])


def job_on(page: Page) -> str:
    """The id of the import whose page is open, or is about to be."""
    expect(page).to_have_url(JOB_PAGE)
    found = JOB_PAGE.search(page.url)
    assert found is not None
    return found[1]


def indicator(page: Page) -> Locator:
    """The large indicator of a job's page."""
    return page.locator(".indicator-page")


def wait_until(page: Page, status: str) -> None:
    """Waits until the page shows its job in this status, without a reload."""
    expect(indicator(page)).to_have_attribute("data-status", status, timeout=60_000)


def listen(page: Page) -> None:
    """Notes from now on what a screen reader would say by itself."""
    page.evaluate(LISTEN)


def heard(page: Page) -> list[str]:
    """What was said since."""
    said: list[str] = page.evaluate("window.heard")
    return said


def count_of(page: Page, name: str) -> str:
    """One of the figures of an import's result."""
    return page.locator(".counts div", has=page.get_by_text(name, exact=True)).locator("dd").inner_text()


def expect_focus(page: Page, name: str) -> None:
    """Waits until the element with this id has the focus: a swap may still be under way."""
    expect(page.locator(f"[id='{name}']")).to_be_focused()


def focused(page: Page) -> str:
    """The id of the element that has the focus, or its tag."""
    name: str = page.evaluate("document.activeElement.id || document.activeElement.tagName")
    return name
