"""What is no workbook is refused on the page that it was chosen on, with a sentence that has the focus."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from .conftest import OpenBrowser, StartOffice
from .office import Person
from .steps import expect_focus, upload

PNG = bytes.fromhex("89504e470d0a1a0a0000000d49484452")
OLE = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(504) + "EncryptedPackage".encode("utf-16le") + bytes(2048)
REFUSALS = {
    "picture.xlsx": (PNG, "This is a PNG image, not a workbook."),
    "nothing.xlsx": (b"", "The file is empty."),
    "words.xlsx": (b"<html><p>Hours</p></html>", "This is a web page (HTML) with the name of a workbook."),
    "secret.xlsx": (OLE, "The workbook is password-protected."),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_file_that_is_no_workbook_is_refused_with_a_sentence(
    open_browser: OpenBrowser, person: Person, tmp_path: Path, name: str
) -> None:
    content, sentence = REFUSALS[name]
    page = open_browser(person=person, allow=("status of 422",))
    page.goto("/import-templates/new")
    (tmp_path / name).write_bytes(content)
    upload(page, tmp_path / name)

    summary = page.get_by_role("group", name="There is a problem")
    expect(summary).to_contain_text(sentence)
    expect(summary).to_be_focused()
    expect(page).to_have_title("Error: Import a workbook – Longshore")
    summary.get_by_role("link").click()
    expect_focus(page, "workbook")
    expect(page.get_by_label("Workbook")).to_have_attribute("aria-invalid", "true")


def test_no_file_at_all_is_asked_for(open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person)
    page.goto("/import-templates/new")
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_text("Choose a workbook first.")).to_be_focused()


def test_a_workbook_beyond_the_limit_is_refused_before_it_is_sent_and_when_it_arrives(
    start_office: StartOffice, open_browser: OpenBrowser, tmp_path: Path
) -> None:
    office = start_office(MAX_UPLOAD_MB="1")
    somebody = office.newcomer()
    too_large = tmp_path / "large.xlsx"
    too_large.write_bytes(b"PK\x03\x04" + bytes(4_000_000))

    page = open_browser(office, somebody)
    page.goto("/import-templates/new")
    expect(page.locator("#workbook-hint")).to_contain_text("up to 1 MB")
    upload(page, too_large)
    expect(page.get_by_text("large.xlsx has 4 MB; at most 1 MB can be uploaded.")).to_be_focused()

    page = open_browser(office, somebody, allow=("status of 413",), java_script_enabled=False)
    page.goto("/import-templates/new")
    upload(page, too_large)
    expect(page.get_by_role("heading", name="This is too large")).to_be_visible()
    expect(page.locator("main")).to_contain_text("1 MB is the most that can be sent.")


def test_a_connection_that_breaks_during_the_upload_says_that_nothing_was_saved(
    open_browser: OpenBrowser, person: Person, few_hours: Path
) -> None:
    page = open_browser(person=person, allow=("net::ERR",))
    page.goto("/import-templates/new")
    page.route("**/uploads", lambda route: route.abort())
    upload(page, few_hours)
    expect(page.get_by_text("The connection was lost while few-hours.xlsx was being uploaded.")).to_be_focused()
    page.unroute("**/uploads")
    upload(page, few_hours)
    expect(page.get_by_role("heading", name="Check the columns")).to_be_visible()
