"""Rejected rows are downloaded, corrected, sent back; and the import is undone."""

import re
from pathlib import Path

import pytest
from openpyxl import load_workbook
from playwright.sync_api import Page, expect

from .accessibility import complaints
from .steps import check_columns_of, confirm, import_of_hours, upload, wait_until


def download_errors(page: Page, folder: Path) -> Path:
    """The workbook of the rejected rows of the import whose page is open."""
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the rejected rows").click()
    path = folder / download.value.suggested_filename
    download.value.save_as(path)
    return path


def correct(path: Path) -> Path:
    """Puts right what is wrong in a workbook of errors, as somebody would in Excel."""
    book = load_workbook(path)
    sheet = book["Hours"]
    (hours,) = (cell.column for cell in sheet[1] if cell.value == "Hours")
    for row in range(2, sheet.max_row + 1):
        sheet.cell(row, hours).value = 7.5
    book.save(path)
    return path


def test_rejected_rows_are_corrected_and_the_import_is_undone(page: Page, few_hours: Path, tmp_path: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    parent = page.url
    cells = page.locator("#problem-groups tbody tr").locator("td")
    expect(cells).to_have_text(["Hours: 'seven and a half' is not a number.", "60", "6"])
    path = download_errors(page, tmp_path)
    assert path.name == "few-hours errors.xlsx"

    page.get_by_role("link", name="upload it again").click()
    upload(page, correct(path))
    wait_until(page, "completed")
    expect(page.locator(".indicator-page")).to_contain_text("60 rows imported: 60 new.")
    page.get_by_role("link", name="few-hours.xlsx", exact=True).click()
    expect(page).to_have_url(parent)
    expect(page.get_by_text("All 60 rejected rows were repaired by corrections.")).to_be_visible()

    page.get_by_role("link", name="Undo this import").click()
    expect(page.locator(".counts div").first).to_contain_text("240")
    page.get_by_role("button", name="Undo the import").click()
    expect(page).to_have_url(re.compile(re.escape(parent) + "#import-undo-"))
    expect(page.get_by_text("This import was undone")).to_be_visible()
    page.get_by_role("link", name="See the rows").click()
    expect(page.locator(".pagination-where")).to_have_text("Page 1 of 2, 60 rows")


def test_an_import_is_undone_with_the_keyboard_alone(page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.get_by_role("link", name="Undo this import").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Undo the import").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("This import was undone")).to_be_visible()


@pytest.mark.parametrize("is_unfolded", [False, True])
def test_the_pages_of_what_follows_an_import_are_accessible(page: Page, few_hours: Path, is_unfolded: bool) -> None:
    check_columns_of(page, few_hours)
    page.get_by_label("Type of Hours").select_option("decimal")
    confirm(page, key=["Entry no"])
    wait_until(page, "completed")
    if is_unfolded:
        page.get_by_text("Cell by cell").click()
    assert complaints(page) == []
    page.get_by_role("link", name="Undo this import").click()
    expect(page.get_by_role("heading", name="Undo the import of few-hours.xlsx")).to_be_visible()
    assert complaints(page) == []
    page.get_by_role("button", name="Undo the import").click()
    expect(page.get_by_text("This import was undone")).to_be_visible()
    assert complaints(page) == []
