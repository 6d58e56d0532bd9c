"""Orders are processed and customers reported on while somebody watches."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.commerce.goods import stock
from webapp.accounts.models import User
from webapp.db import writing

from .accessibility import complaints
from .conftest import OpenBrowser
from .office import Office, Person
from .steps import focused, heard, listen


@pytest.fixture
def stocked(office: Office, person: Person) -> None:
    """Six hundred orders of twenty customers; sixty of them are invalid."""
    with office.app.app_context(), writing() as session:
        stock(session, session.get_one(User, person.id).organization_id, 600, of=20)


def card(page: Page) -> Locator:
    """The job that the page shows above its list."""
    return page.locator(".job-cards .indicator")


def start(page: Page, address: str, button: str, style: str = "Iteration") -> None:
    page.goto(address)
    page.get_by_label("Style").select_option(style)
    page.get_by_role("button", name=button).click()


def wait_until(page: Page, status: str) -> None:
    expect(card(page)).to_have_attribute("data-status", status, timeout=60_000)


@pytest.mark.usefixtures("stocked")
@pytest.mark.parametrize("style", ["Iteration", "Steps"])
def test_orders_are_processed_under_the_reader_s_eyes(office: Office, page: Page, style: str) -> None:
    with office.held():
        start(page, "/orders", "Process orders", style)
        page.evaluate("window.isTheSamePage = true")
        expect(card(page)).to_contain_text("Waiting to start")
        expect(page.locator("#orders-new")).to_contain_text("600")
        listen(page)
    wait_until(page, "completed")
    expect(card(page)).to_contain_text("540 of 600 orders processed, 60 invalid.")
    expect(page.locator("#orders-processed")).to_contain_text("540")
    expect(page.locator("#orders tbody tr").filter(has_text="New")).to_have_count(0)
    assert page.evaluate("window.isTheSamePage")
    assert sum("540 of 600 orders processed" in said for said in heard(page)) == 1


@pytest.mark.usefixtures("stocked")
def test_the_list_under_the_reader_s_hands_keeps_focus_and_typed_words(office: Office, page: Page) -> None:
    with office.held():
        start(page, "/orders", "Process orders")
        page.get_by_label("Search orders").fill("half a wo")
        link = page.locator("#orders tbody a").nth(2)
        link.focus()
        name = focused(page)
    wait_until(page, "completed")
    expect(page.locator("#orders-new")).to_contain_text("0")
    assert focused(page) == name
    expect(page.get_by_label("Search orders")).to_have_value("half a wo")


@pytest.mark.usefixtures("stocked")
def test_what_made_an_order_invalid_is_found_from_the_list(page: Page) -> None:
    start(page, "/orders", "Process orders")
    wait_until(page, "completed")
    page.locator("#orders-invalid").click()
    page.get_by_label("Search orders").fill("O00019")
    page.get_by_role("button", name="Search").click()
    expect(page.locator("#orders tbody tr")).to_have_count(1)
    page.get_by_role("link", name="O00019").click()
    expect(page.get_by_role("region", name="Problem")).to_contain_text("the quantity is 0. It has to be 1 or more.")


@pytest.mark.usefixtures("stocked")
def test_reports_are_made_and_downloaded(page: Page, tmp_path: Path) -> None:
    start(page, "/customers", "Make reports")
    wait_until(page, "completed")
    expect(page.locator("#customers").get_by_role("link", name="Download")).to_have_count(20)
    page.get_by_role("link", name="Chandlery 7", exact=True).click()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert re.fullmatch(r"report-C0007-[\d-]{10}\.csv", download.value.suggested_filename)
    download.value.save_as(tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_text("utf-8-sig").startswith("Customer,C0007,Chandlery 7\n")


@pytest.mark.usefixtures("stocked")
def test_every_page_in_every_state_is_clean_and_fits(office: Office, page: Page) -> None:
    with office.held():
        start(page, "/orders", "Process orders")
        assert complaints(page) == []
    wait_until(page, "completed")
    assert complaints(page) == []
    start(page, "/customers", "Make reports")
    wait_until(page, "completed")
    assert complaints(page) == []
    for address in ("/orders?q=none", "/orders?status=invalid&sort=number", "/customers?q=none", "/customers/reports"):
        page.goto(address)
        assert complaints(page) == []
    for address, link in (("/orders", "O00598"), ("/orders?status=invalid", "O00589"), ("/customers", "Chandlery 7")):
        page.goto(address)
        page.get_by_role("link", name=link, exact=True).click()
        assert complaints(page) == []


@pytest.mark.parametrize("address", ["/orders", "/customers", "/customers/reports"])
def test_an_empty_page_is_clean(page: Page, address: str) -> None:
    page.goto(address)
    assert complaints(page) == []


@pytest.mark.usefixtures("stocked")
def test_it_all_works_without_javascript(office: Office, open_browser: OpenBrowser, person: Person) -> None:
    page = open_browser(person=person, java_script_enabled=False)
    with office.held():
        start(page, "/orders", "Process orders", "Steps")
        expect(card(page)).to_contain_text("Process 600 orders in steps")
        job_id = card(page).get_attribute("data-job")
    assert job_id is not None
    office.wait_for_status(job_id, "completed")
    page.reload()
    expect(card(page)).to_contain_text("540 of 600 orders processed")
