"""A workbook is uploaded, its columns are decided on, and its rows are found again."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.installation import wait_for
from tests.sheets.workbooks import hours_workbook

from .office import Office
from .steps import check_columns_of, confirm, count_of, heard, import_of_hours, indicator, listen, upload, wait_until

WORKBOOKS_OF_OTHERS = Path(__file__).resolve().parents[3] / "shared" / "workbooks"


def test_twenty_thousand_rows_become_a_dataset_as_decided(page: Page, hours: Path) -> None:
    check_columns_of(page, hours)
    page.get_by_label("Field for Employee no").fill("staff_number")
    page.get_by_label("Type of Employee no").select_option("integer")
    page.get_by_label("Import Note").uncheck()
    page.get_by_label("Dataset").fill("Time sheet")
    expect(page.locator("#import-button")).to_have_text("Import 20,000 rows")
    confirm(page, key=["Entry no"])
    wait_until(page, "completed")

    assert [count_of(page, name) for name in ("Inserted", "Rejected", "Updated")] == ["19,990", "10", "0"]
    page.get_by_text("Cell by cell").click()
    expect(page.get_by_role("table", name="Rejected rows").locator("tbody tr")).to_have_count(10)
    expect(page.locator("#rejected tbody tr").first).to_contain_text("Hours 2,001 G Hours seven and a half")
    page.get_by_role("link", name="See the rows in Time sheet").click()
    expect(page.get_by_role("columnheader")).to_have_count(9)
    expect(page.locator("#rows tbody tr").nth(1).locator("td").nth(1)).to_have_text("7")


def test_the_rows_can_be_sorted_searched_and_paged(page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.get_by_role("link", name="See the rows").click()
    rows = page.locator("#rows tbody tr")
    expect(page.locator(".pagination-where")).to_have_text("Page 1 of 5, 240 rows")

    page.get_by_role("link", name="Entry no").click()
    page.get_by_role("link", name="Entry no").click()
    expect(page.get_by_role("columnheader", name="Entry no")).to_have_attribute("aria-sort", "descending")
    expect(rows.first).to_contain_text("E0000298")
    page.get_by_role("link", name="Last page").click()
    expect(rows.last).to_contain_text("E0000000")
    page.get_by_label("Search in").fill("crane")
    page.get_by_role("button", name="Search").click()
    expect(rows.filter(has_not_text="Crane 4")).to_have_count(0)
    expect(rows.filter(has_text="Crane 4")).not_to_have_count(0)
    page.get_by_label("Search in").fill("no such thing")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("heading", name="No row matches")).to_be_visible()


def test_the_rejected_rows_can_be_paged(page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.get_by_role("link", name="All 60 rejected rows").click()
    expect(page.locator("#rejected tbody tr")).to_have_count(50)
    page.get_by_role("link", name="Next page").click()
    expect(page.locator("#rejected tbody tr")).to_have_count(10)


def test_the_bar_moves_and_the_end_is_announced_once(office: Office, page: Page, tmp_path: Path) -> None:
    workbook = hours_workbook(tmp_path / "many-hours.xlsx", 100_000)
    with office.held():
        job_id = import_of_hours(page, workbook)
        listen(page)
        note_values(page)
    move_by_and_by(office, page, job_id)
    wait_until(page, "completed")
    expect(page.locator("#tray")).to_contain_text("No jobs running")

    values = page.evaluate("window.values")
    assert len(values) >= 2
    assert values == sorted(values)
    ends = [sentence for sentence in heard(page) if "rows imported" in sentence]
    assert ends == ["Import many-hours.xlsx: 100,000 rows imported: 100,000 new."]
    expect(page.locator("#alerts")).to_be_empty()


def test_a_second_workbook_of_the_kind_needs_no_questions(page: Page, few_hours: Path) -> None:
    import_of_hours(page, few_hours)
    wait_until(page, "completed")
    page.get_by_label("Main").get_by_role("link", name="Imports").click()
    page.get_by_role("link", name="few-hours", exact=True).click()
    upload(page, few_hours)
    wait_until(page, "completed")
    assert [count_of(page, name) for name in ("Inserted", "Unchanged", "Rejected")] == ["0", "240", "60"]


@pytest.mark.skipif(not WORKBOOKS_OF_OTHERS.exists(), reason="The workbooks of others are not beside this project.")
@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("readxl/inst__extdata__datasets.xlsx", 32),
        ("calamine/temperature.xlsx", 2),
        ("calamine/inventory-table.xlsx", 4),
        ("readxl/tests__testthat__sheets__iris-google-doc.xlsx", 150),
    ],
)
def test_workbooks_of_others_become_rows(page: Page, name: str, rows: int) -> None:
    check_columns_of(page, WORKBOOKS_OF_OTHERS / name)
    confirm(page)
    wait_until(page, "completed")
    expect(indicator(page)).to_contain_text(f"{rows} rows imported")


def note_values(page: Page) -> None:
    """Notes from now on the different values of the bar while the job runs, as the page shows them, in their order."""
    page.evaluate("""() => {
      window.values = [];
      const look = () => {
        const { status } = document.querySelector(".indicator-page").dataset;
        const { value } = document.querySelector(".indicator-page progress");
        if (status === "processing" && value > 0 && values.at(-1) !== value) values.push(value);
      };
      const everything = { subtree: true, attributes: true, childList: true };
      new MutationObserver(look).observe(document.querySelector("main"), everything);
    }""")


def move_by_and_by(office: Office, page: Page, job_id: str) -> None:
    """Lets the job do some rows, and the page look for news meanwhile, again and again."""
    done = 0
    for _ in range(5):
        wait_for("more rows", lambda done=done: office.rows_done(job_id) > done)
        with office.held(), page.expect_response("**/live?*"):
            done = office.rows_done(job_id)
