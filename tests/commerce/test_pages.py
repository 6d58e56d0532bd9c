"""The pages of orders and customers: lists, one of each, the buttons that start jobs, the files of reports."""

import csv
import io
import re
from decimal import Decimal

import pytest

from webapp.commerce.models import Customer, CustomerReport
from webapp.db import writing
from webapp.extensions import kernel
from webapp.jobs import clock

from .conftest import all_orders


@pytest.fixture
def press(at_ada):
    """Presses the button on a page; answers what comes of it."""

    def press(address, page, **fields):
        key = re.search(r'name="submission_key" value="([^"]+)"', at_ada.get(page).text)
        return at_ada.submit(address, page=page, submission_key=key[1] if key else "", **fields)

    return press


@pytest.fixture
def work(app):
    """Does the worker's part: runs all jobs that wait."""

    def work():
        with app.app_context():
            while kernel.run_next("main"):
                pass

    return work


@pytest.fixture
def processed(stocked, press, work):
    """Thirty orders of three customers, processed; three of them are invalid."""
    stocked(30, of=3)
    press("/orders/processing", "/orders")
    work()


@pytest.fixture
def reported(processed, press, work):
    press("/customers/reports", "/customers")
    work()


def words(page):
    """The text of a page, as it reads."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index("<main") :]))


def rows(page, table="orders"):
    """The first cell of each row of a table."""
    body = page[page.index(f'id="{table}"') :]
    return re.findall(r'<th scope="row">(?:<a[^>]*>)?([^<]*)', body[: body.index("</table>")])


def poll_address(page):
    return re.search(r'id="poller" hx-get="([^"]+)"', page)[1].replace("&amp;", "&")


@pytest.mark.parametrize(
    ("address", "heading"),
    [("/orders", "No orders yet"), ("/customers", "No customers yet"), ("/customers/reports", "No reports yet")],
)
def test_an_empty_list_says_why_and_offers_no_job(at_ada, address, heading):
    page = at_ada.get(address).text
    assert heading in page
    assert 'class="start"' not in page


def test_orders_are_listed_the_newest_first_and_paged(at_ada, stocked):
    stocked(120, of=3)
    first, last = at_ada.get("/orders").text, at_ada.get("/orders?page=3").text
    assert (rows(first)[0], len(rows(first)), rows(last)[-1]) == ("O00119", 50, "O00000")
    assert "Page 1 of 3, 120 orders" in first


def test_orders_are_searched_by_number_and_customer(at_ada, stocked):
    stocked(30, of=3)
    assert rows(at_ada.get("/orders?q=o00007").text) == ["O00007"]
    assert set(rows(at_ada.get("/orders?q=Chandlery 1").text)) == {f"O{n:05d}" for n in range(1, 30, 3)}
    assert "No order matches" in at_ada.get("/orders?q=%25").text


@pytest.mark.parametrize("column", ["number", "customer", "ordered_on", "status", "total"])
def test_orders_are_sorted_both_ways(at_ada, processed, column):
    up = at_ada.get(f"/orders?sort={column}").text
    down = at_ada.get(f"/orders?sort={column}&direction=descending").text
    assert sorted(rows(up)) == sorted(rows(down))
    assert rows(up) != rows(down)
    assert 'aria-sort="descending"' in down


def test_orders_are_filtered_by_status_and_counted(at_ada, processed):
    page = at_ada.get("/orders?status=invalid").text
    assert rows(page) == ["O00029", "O00019", "O00009"]
    assert "All 30 New 0 Processed 27 Invalid 3" in words(page)
    assert "The order has no lines." in page


@pytest.mark.parametrize("query", ["page=x", "page=99", "sort=nothing", "direction=up", "status=lost", "q=%00"])
@pytest.mark.parametrize("address", ["/orders", "/customers"])
def test_odd_addresses_do_no_harm(at_ada, stocked, address, query):
    stocked(3, of=1)
    assert at_ada.get(f"{address}?{query}").status_code == 200


def test_processing_is_started_watched_and_ends(at_ada, stocked, press, work):
    stocked(30, of=3)
    assert press("/orders/processing", "/orders").location == "/orders"
    page = at_ada.get("/orders?status=new").text
    assert "Process 30 orders" in page
    assert "Waiting to start" in page
    work()
    answer = at_ada.get(poll_address(page)).text
    assert re.findall(r'hx-target="#([^"]+)"', answer) == [
        "tray", "orders-jobs", "orders-filters", "orders-list", "poller"
    ]  # fmt: skip
    assert "27 of 30 orders processed, 3 invalid." in answer
    assert "No order matches" in answer
    assert at_ada.get(poll_address(answer)).status_code == 204


def test_a_job_that_ended_long_ago_is_no_news(at_ada, processed):
    assert "27 of 30 orders processed" in words(at_ada.get("/orders").text)
    with clock.held(clock.now() + 3601):
        assert "27 of 30 orders processed" not in words(at_ada.get("/orders").text)


def test_a_poll_keeps_to_what_its_page_asks_for(at_ada, stocked, press, work):
    stocked(120, of=3)
    press("/orders/processing", "/orders")
    address = "/orders?q=Chandlery+1&sort=total&direction=descending"
    before = at_ada.get(address).text
    work()
    answer, after = at_ada.get(poll_address(before)).text, at_ada.get(address).text
    assert rows(answer) == rows(after) != rows(before)


def test_the_style_is_chosen(at_ada, app, stocked, press):
    stocked(5, of=1)
    press("/orders/processing", "/orders", style="steps")
    press("/customers/reports", "/customers", style="nonsense")
    assert "Process 5 orders in steps" in at_ada.get("/orders").text
    assert "Report on 1 customer<" in at_ada.get("/customers").text


def test_a_form_sent_twice_makes_one_job(at_ada, stocked, work):
    stocked(5, of=1, bad_every=100)
    for _ in range(2):
        assert at_ada.submit("/orders/processing", page="/orders", submission_key="one").status_code == 303
        work()
    assert words(at_ada.get("/jobs").text).count("Process 5 orders") == 1


@pytest.mark.parametrize(("address", "page"), [("/orders/processing", "/orders"), ("/customers/reports", "/customers")])
def test_where_there_is_nothing_to_do_the_page_says_so(at_ada, address, page):
    answer = at_ada.submit(address, page="/account")
    assert answer.location == page
    assert "There is no" in at_ada.get(page).text


def test_an_order_shows_its_lines_and_what_they_cost(at_ada, processed):
    order = all_orders_of(at_ada)[1]
    page = words(at_ada.get(f"/orders/{order.id}").text)
    assert "Order O00001" in page
    assert "Chandlery 1" in page
    for amount in (order.subtotal, order.discount, order.tax, order.total):
        assert f"{amount:,.2f}" in page
    assert "19 %" in page


def test_costs_by_tax_rate_are_left_out_when_they_would_no_longer_add_up(at_ada, app, processed):
    with app.app_context(), writing() as session:
        session.get(Customer, 2).discount = Decimal(50)
    page = at_ada.get("/orders/2").text
    costs = page[page.index('id="costs"') :]
    assert costs.count("<tr") == 2
    assert f"{all_orders_of(at_ada)[1].total:,.2f}" in costs


def test_an_invalid_order_says_what_made_it_so(at_ada, processed):
    page = at_ada.get("/orders/20").text
    assert "Line 1, Shackle, 12 mm: the quantity is 0. It has to be 1 or more." in page
    assert "What it costs" not in page


def all_orders_of(client):
    with client.application.app_context():
        return all_orders()


def test_customers_are_listed_searched_and_sorted(at_ada, stocked):
    stocked(12, of=60)
    assert len(rows(at_ada.get("/customers").text, "customers")) == 50
    assert rows(at_ada.get("/customers?q=chandlery7@").text, "customers") == ["Chandlery 7"]
    by_discount = rows(at_ada.get("/customers?sort=discount&direction=descending").text, "customers")
    assert by_discount[0] == "Chandlery 3"
    assert "No customer matches" in at_ada.get("/customers?q=nobody").text


def test_a_customer_shows_their_orders_and_reports(at_ada, reported):
    page = at_ada.get("/customers/2").text
    assert set(rows(page)) == {f"O{number:05d}" for number in range(1, 30, 3)}
    assert page.count("/customers/2/reports/") == 1


def test_reports_appear_on_the_page_of_customers_as_they_are_made(at_ada, processed, press, work):
    press("/customers/reports", "/customers")
    before = at_ada.get("/customers").text
    work()
    answer = at_ada.get(poll_address(before)).text
    assert ">Download<" not in before
    assert "3 reports made, of 30 orders." in answer
    assert answer.count(">Download<") == 3


def test_all_reports_are_listed_with_their_customers(at_ada, reported):
    assert sorted(rows(at_ada.get("/customers/reports").text, "reports")) == [f"Chandlery {n}" for n in range(3)]


def test_a_report_is_a_file_that_spreadsheets_open(at_ada, reported):
    address = re.search(r"/customers/2/reports/\d+", at_ada.get("/customers/2").text)[0]
    answer = at_ada.get(address)
    assert answer.mimetype == "text/csv"
    assert re.fullmatch(
        r"attachment; filename=report-C0001-\d{4}-\d\d-\d\d\.csv", answer.headers["Content-Disposition"]
    )
    assert answer.headers["Cache-Control"] == "no-store"
    lines = list(csv.reader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))
    assert lines[0] == ["Customer", "C0001", "Chandlery 1"]
    assert ["By month", "Orders", "Total"] in lines


def test_a_report_is_found_under_its_own_customer_only_and_when_it_is_made(at_ada, app, reported):
    assert at_ada.get("/customers/1/reports/2").status_code == 404
    with app.app_context(), writing() as session:
        report = CustomerReport(customer_id=1, run="another", expected_orders=2)
        session.add(report)
        session.flush()
        address = f"/customers/1/reports/{report.id}"
    assert at_ada.get(address).status_code == 404
    assert address not in at_ada.get("/customers/1").text + at_ada.get("/customers/reports").text


class TestOthers:
    @pytest.fixture
    def at_otto(self, app, cast, sign_in, reported):
        return sign_in(app.test_client(), cast.otto)

    @pytest.mark.parametrize("address", ["/orders/1", "/customers/1", "/customers/2/reports/2"])
    def test_another_organization_gets_the_very_answer_of_what_is_not_there(self, at_otto, address):
        there, missing = at_otto.get(address), at_otto.get(re.sub(r"\d+", "999", address))
        assert there.status_code == missing.status_code == 404
        assert words(there.text) == words(missing.text)

    @pytest.mark.parametrize("address", ["/orders", "/customers", "/customers/reports", "/live?v=&page=orders"])
    def test_another_organization_lists_nothing(self, at_otto, address):
        assert "Chandlery" not in at_otto.get(address).text

    def test_another_organization_processes_nothing_of_theirs(self, at_otto):
        at_otto.submit("/orders/processing", page="/account")
        assert "There is no order to process" in at_otto.get("/orders").text

    def test_a_colleague_shares_the_orders_but_not_the_jobs(self, app, cast, sign_in, reported):
        at_mia = sign_in(app.test_client(), cast.mia)
        page = at_mia.get("/orders").text
        assert "O00001" in page
        assert "Process 30 orders" not in page
