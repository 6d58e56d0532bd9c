"""Orders, reports and the audit, with nothing but a session."""

import csv
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import StatementError

from webapp.commerce import audit, customers, orders, reports
from webapp.commerce.audit import Reckoning
from webapp.commerce.customers import NewCustomer
from webapp.commerce.documents import harmless, name_of
from webapp.commerce.models import Customer, CustomerReport, Order, OrderLine
from webapp.commerce.orders import NewLine, NewOrder, Refusal
from webapp.db import reading, writing

from .conftest import all_orders, audited

NOW = datetime(2026, 11, 23, 8, 30, tzinfo=UTC)
pytestmark = pytest.mark.usefixtures("context")


def process(organization_id, run="run"):
    with writing() as session:
        ids = orders.next_open(session, organization_id, orders.last_id(session, organization_id), 0, 1_000)
        return orders.process(session, ids, run, NOW)


def test_an_amount_is_kept_to_the_cent_as_a_whole_number(stocked, cast):
    stocked(1, of=3)
    with writing() as session:
        session.get(Customer, 1).discount = Decimal("33.3")
        session.get(Order, 1).total = Decimal("123456789012.34")
    with reading() as session:
        assert session.execute(text("SELECT total FROM orders")).scalar() == 12_345_678_901_234
        assert str(session.get(Customer, 1).discount) == "33.30"
        assert str(session.get(Order, 1).total) == "123456789012.34"


def test_an_amount_finer_than_a_cent_is_not_rounded_in_silence(stocked):
    stocked(1, of=1)
    with pytest.raises(StatementError, match="more than two places"), writing() as session:
        session.get(Order, 1).total = Decimal("0.125")


def test_orders_are_costed_with_discount_and_tax(cast):
    with writing() as session:
        customers.add(session, cast.ada.organization_id, [NewCustomer("C1", "Chandlery", discount=Decimal("2.5"))])
        lines = [NewLine("Rope", 2, Decimal("5.00"), Decimal(19)), NewLine("Chart", 1, Decimal("10.00"), Decimal(7))]
        orders.add(session, cast.ada.organization_id, [NewOrder("O1", "C1", NOW.date(), lines)])
    assert process(cast.ada.organization_id) == []
    (order,) = all_orders()
    assert (order.status, order.problem, order.processed_at) == ("processed", None, NOW)
    amounts = (order.subtotal, order.discount, order.tax, order.total)
    assert tuple(map(str, amounts)) == ("20.00", "0.50", "2.53", "22.03")


def test_an_invalid_order_says_why_and_the_others_are_processed(stocked, cast):
    stocked(50, of=5)
    refusals = process(cast.ada.organization_id)
    assert [refusal.number for refusal in refusals] == ["O00009", "O00019", "O00029", "O00039", "O00049"]
    assert refusals[0] == Refusal("O00009", "The order has no lines. Add what was ordered, or remove it.")
    assert refusals[4].reason == "The order belongs to no customer. Name one that exists."
    invalid = [order for order in all_orders() if order.status == "invalid"]
    assert [order.problem for order in invalid] == [refusal.reason for refusal in refusals]
    assert {order.total for order in invalid} == {None}


def test_an_invalid_order_that_was_put_right_is_processed_next_time(stocked, cast):
    stocked(10, of=1)
    process(cast.ada.organization_id)
    with writing() as session:
        line = OrderLine(position=1, product="Rope", quantity=1, unit_price=Decimal("2.00"), tax_rate=Decimal(0))
        session.get(Order, 10).lines = [line]
    assert process(cast.ada.organization_id, "again") == []
    assert audited("again") == {"10": 1}
    assert (all_orders()[9].status, all_orders()[9].problem) == ("processed", None)


def test_what_another_run_has_processed_is_left_alone(stocked, cast):
    stocked(5, of=1)
    process(cast.ada.organization_id, "one")
    with writing() as session:
        assert orders.process(session, [1, 2, 3], "other", NOW) == []
    assert (len(audited("one")), audited("other")) == (5, {})


def test_reset_makes_all_orders_of_one_organization_new_again(stocked, cast):
    stocked(10, of=2)
    stocked(3, of=1, organization_id=cast.otto.organization_id)
    before = [(order.number, order.status, order.total) for order in all_orders()]
    process(cast.ada.organization_id)
    process(cast.otto.organization_id)
    with writing() as session:
        assert orders.reset(session, cast.ada.organization_id) == 10
        assert orders.counts(session, cast.otto.organization_id)["processed"] == 3
    assert [(order.number, order.status, order.total) for order in all_orders()][:10] == before[:10]


def test_a_repetition_and_a_gap_show_in_the_audit():
    with writing() as session:
        audit.note(session, "run", ["a", "b", "b"])
        audit.note(session, "run", ["b", "c"])
        audit.note(session, "other", ["d"])
        assert audit.reckon(session, "run", 5) == Reckoning(done=3, duplicates=2, missed=2)
        assert audit.reckon(session, "run", ["a", "b", "x"]) == Reckoning(done=3, duplicates=2, missed=1)
        assert audit.reckon(session, "none", 2) == Reckoning(done=0, duplicates=0, missed=2)
    assert audited("run") == {"a": 1, "b": 3, "c": 1}


class TestReports:
    @pytest.fixture
    def pairs(self, stocked, cast):
        stocked(30, of=3, bad_every=8)
        process(cast.ada.organization_id)
        with reading() as session:
            return [pair for customer in (1, 2, 3) for pair in reports.orders_of(session, customer, 30)]

    def document(self, customer_id=2):
        with reading() as session:
            return reports.latest(session, [customer_id])[customer_id].document

    def count(self, pairs, run):
        with writing() as session:
            reports.count(session, pairs, run, 30, NOW)

    def test_a_report_has_the_sums_and_the_figures_of_one_customer(self, pairs):
        self.count(pairs, "run")
        found = {row[0]: row[1:] for row in csv.reader(self.document().splitlines()) if row}
        mine = [order for order in all_orders() if order.customer_id == 2]
        assert found["Customer"] == ["C0001", "Chandlery 1"]
        assert found["Orders"] == [str(len(mine))]
        assert found["Total"] == [str(sum(order.total or 0 for order in mine))]
        assert found["processed"][0] == str(sum(order.status == "processed" for order in mine))
        in_january = [order for order in mine if order.total is not None and order.ordered_on.month == 1]
        assert found["2026-01"] == [str(len(in_january)), str(sum(order.total for order in in_january))]
        assert "Shackle, 12 mm" in found

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 11])
    def test_a_report_is_the_same_however_its_orders_come(self, pairs, size):
        self.count(pairs, "at once")
        expected = self.document()
        for first in range(0, len(pairs), size):
            self.count(pairs[first : first + size], "bit by bit")
        with reading() as session:
            made = session.query(CustomerReport).filter_by(run="bit by bit", customer_id=2).one()
            assert (made.document, made.made_at) == (expected, NOW)

    def test_a_report_has_no_document_before_its_last_order_is_counted(self, pairs):
        self.count(pairs[:-1], "run")
        with reading() as session:
            assert sorted(reports.latest(session, [1, 2, 3])) == [1, 2]
            assert reports.summary(session, "run") == f"2 reports made, of {len(pairs[:-1]) - 9} orders."

    def test_nothing_in_a_document_is_a_formula(self, cast):
        with writing() as session:
            customers.add(session, cast.ada.organization_id, [NewCustomer("=1+1", '@SUM(A1) "quoted"')])
            line = NewLine("-2+3\tcmd|' /C calc'!A0", 1, Decimal("1.00"), Decimal(0))
            (order_id,) = orders.add(session, cast.ada.organization_id, [NewOrder("O1", "=1+1", NOW.date(), [line])])
        process(cast.ada.organization_id)
        self.count([(1, order_id)], "run")
        cells = [cell for row in csv.reader(self.document(1).splitlines()) for cell in row]
        assert {"'=1+1", '\'@SUM(A1) "quoted"', "'-2+3\tcmd|' /C calc'!A0"} <= set(cells)
        assert [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))] == []


@pytest.mark.parametrize("cell", ["=A1", "+1", "-1", "@x", "\tx", "\rx", "\nx"])
def test_a_text_that_is_a_formula_is_made_harmless(cell):
    assert harmless(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["A1=", "", "x-1", 5, Decimal("-1.00"), None])
def test_other_cells_stay_as_they_are(cell):
    assert harmless(cell) == cell


@pytest.mark.parametrize(
    ("number", "name"),
    [
        ("C0001", "report-C0001-2026-11-23.csv"),
        ("../../etc/passwd", "report-etc-passwd-2026-11-23.csv"),
        ('a"b\r\nc', "report-a-b-c-2026-11-23.csv"),
        ("Ωμέγα", "report-customer-2026-11-23.csv"),
    ],
)
def test_a_file_name_holds_nothing_that_a_file_name_must_not(number, name):
    assert name_of(number, NOW) == name
