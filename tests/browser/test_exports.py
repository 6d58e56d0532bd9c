"""A dataset is exported while somebody watches: with and without JavaScript, on wide screens and narrow ones."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from webapp.accounts.models import User
from webapp.datasets import service as datasets
from webapp.datasets.changes import NewRow, put
from webapp.db import writing
from webapp.imports.targets.target import encode

from .accessibility import complaints
from .conftest import OpenBrowser
from .office import Office, Person

COLUMNS = (("code", "Code", "text"), ("hours", "Hours", "decimal"), ("day", "Day", "date"), ("note", "Note", "text"))


@pytest.fixture
def dataset(office: Office, person: Person) -> str:
    """The address of a dataset of three hundred rows, one of them with a text that looks like a formula."""
    rows = [
        {"code": f"N{number:04}", "hours": number / 4, "day": "2026-01-05", "note": f"Quay {number}"}
        for number in range(299)
    ]
    rows.append({"code": "N9999", "hours": None, "day": None, "note": "=1+1"})
    with office.app.app_context(), writing() as session:
        user = session.get_one(User, person.id)
        new = [datasets.NewColumn(*column) for column in COLUMNS]
        made = datasets.ensure(session, user.organization_id, "Hours at the quay", new, user.created_at)
        stored = [NewRow(2, encode([row["code"]]).decode(), encode(row).decode()) for row in rows]
        put(session, made.id, stored, user.created_at)
        return f"/datasets/{made.id}"


def test_an_export_is_asked_for_watched_and_downloaded(office: Office, page: Page, dataset: str) -> None:
    page.goto(f"{dataset}?q=N00&sort=hours&direction=descending")
    page.get_by_role("link", name="Export…").click()
    expect(page.locator(".lead")).to_contain_text("100 rows. Only rows with “N00”. Sorted by Hours, the highest first.")
    page.get_by_label("CSV (.csv)").check()
    page.get_by_label("Note").uncheck()
    assert complaints(page) == []
    with office.held():
        page.get_by_role("button", name="Export").click()
        expect(page.locator(".indicator-page")).to_contain_text("Waiting to start")
        expect(page.locator("main")).to_contain_text("as soon as it is whole")
        assert complaints(page) == []
        page.evaluate("window.isTheSamePage = true")
    expect(page.get_by_role("link", name="Download")).to_be_visible()
    assert page.evaluate("window.isTheSamePage")
    assert complaints(page) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    lines = list(csv.reader(Path(download.value.path()).read_text("utf-8-sig").splitlines()))
    assert (lines[0], lines[1][0], len(lines)) == (["Code", "Hours", "Day"], "N0099", 101)
    assert download.value.suggested_filename.startswith("Hours at the quay ")


def test_what_was_altered_stands_on_the_page_and_the_dataset_lists_its_exports(page: Page, dataset: str) -> None:
    page.goto(f"{dataset}/exports/new")
    page.get_by_label("CSV (.csv)").check()
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("table", name="What was altered in the file")).to_contain_text("D301")
    assert complaints(page) == []
    for address in (dataset, "/exports"):
        page.goto(address)
        expect(page.locator("#exports-table")).to_contain_text("Completed")
        assert complaints(page) == []


def test_a_form_without_columns_says_so_first(open_browser: OpenBrowser, person: Person, dataset: str) -> None:
    page = open_browser(person=person, allow=("status of 422",))
    page.goto(f"{dataset}/exports/new")
    for label in ("Code", "Hours", "Day", "Note"):
        page.get_by_label(label, exact=True).uncheck()
    page.get_by_role("button", name="Export").click()
    expect(page.locator("#error-summary")).to_be_focused()
    expect(page.locator("#error-summary")).to_contain_text("Choose at least one column.")
    assert complaints(page) == []


def test_without_javascript_the_file_is_there_after_a_look_at_the_page(
    office: Office, person: Person, open_browser: OpenBrowser, dataset: str
) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    page.goto(f"{dataset}/exports/new")
    page.get_by_role("button", name="Export").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Hours at the quay")
    while not page.get_by_role("link", name="Download").count():
        page.wait_for_timeout(200)
        page.reload()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".xlsx")
