"""Customers and orders as targets of imports: what is taken, what is refused, and why."""

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest
from sqlalchemy import select

from tests.imports.targets import Importing
from webapp.commerce import orders
from webapp.commerce.models import Customer, Order, OrderLine
from webapp.db import reading, writing

from .conftest import all_orders

pytestmark = pytest.mark.every_database

NOON = datetime(2026, 11, 28, 12, tzinfo=UTC)


@pytest.fixture
def customers(cast, context):
    return Importing("customers", cast.ada)


@pytest.fixture
def lines(cast, context):
    return Importing("orders", cast.ada)


def customer(number, **values):
    return {"number": number, "name": f"Chandlery {number}", "discount": Decimal("0.025")} | values


def line(number, position, **values):
    rope = {"product": "Manila rope", "quantity": 2, "unit_price": Decimal("38.9"), "tax_rate": Decimal("0.19")}
    return {"number": number, "position": position, "ordered_on": date(2026, 3, 1)} | rope | values


def only(model):
    with reading() as session:
        (found,) = session.scalars(select(model))
        return found


def reasons(refused):
    return [(refusal.number, refusal.field, refusal.code, refusal.reason) for refusal in refused]


def test_customers_come_in_change_and_stay(customers):
    assert customers.put([customer("C-1"), customer("C-2", email="ada@example.org")]).inserted == 2
    rows = [customer("C-1", name="Ropeworks"), customer("C-2", email="ada@example.org"), customer("C-3")]
    assert customers.compared(rows) == ["changed", "unchanged", "new"]
    outcome = customers.put(rows)
    assert (outcome.inserted, outcome.updated, outcome.unchanged) == (1, 1, 1)
    with reading() as session:
        found = session.execute(select(Customer.number, Customer.name, Customer.discount).order_by(Customer.number))
        assert found.all() == [
            ("C-1", "Ropeworks", Decimal("2.50")),
            ("C-2", "Chandlery C-2", Decimal("2.50")),
            ("C-3", "Chandlery C-3", Decimal("2.50")),
        ]


def test_what_a_workbook_says_nothing_of_stays_as_it_is(customers):
    customers.put([customer("C-1", email="ada@example.org", country="Norway")])
    rows = [{"number": "C-1", "discount": Decimal("0.1")}]
    customers.put(rows, absent=("name", "email", "country"))
    found = only(Customer)
    assert (found.name, found.email, found.country, found.discount) == (
        "Chandlery C-1", "ada@example.org", "Norway", Decimal("10.00")
    )  # fmt: skip


def test_a_new_customer_needs_a_name_also_if_the_workbook_has_no_such_column(customers):
    outcome = customers.put([{"number": "C-1"}], absent=("name",))
    assert reasons(outcome.refused) == [(2, "name", "required", "is required for a new customer")]


def test_an_address_that_can_be_none_is_refused_unless_it_is_there_already(customers, cast):
    with writing() as session:
        session.add(Customer(organization_id=cast.ada.organization_id, number="C-1", name="Ada", email="two@@ats"))
    there = {"number": "C-1", "name": "Ada", "email": "two@@ats", "discount": 0}
    assert customers.compared([there, there | {"name": "Adam"}, customer("C-2", email="nobody@")]) == [
        "unchanged", "changed", "refused"
    ]  # fmt: skip
    (refused,) = reasons(customers.put([customer("C-2", email="nobody@")]).refused)
    assert refused[:3] == (2, "email", "wrong_email")
    assert refused[3].startswith("'nobody@' is no e-mail address: what stands behind the @")


@pytest.mark.parametrize(
    ("discount", "reason"),
    [("1.2", "120 % is not between 0 and 100 %"), ("0.12345", "12.345 % has more than two places")],
)
def test_a_discount_that_is_none_is_refused(customers, discount, reason):
    outcome = customers.put([customer("C-1", discount=Decimal(discount))])
    assert reasons(outcome.refused) == [(2, "discount", "wrong_percent", reason)]


def test_customers_of_another_organization_are_no_business_of_an_import(customers, cast):
    Importing("customers", cast.otto).put([customer("C-1", name="Theirs")])
    assert customers.put([customer("C-1")]).inserted == 1
    with reading() as session:
        assert set(session.execute(select(Customer.organization_id, Customer.name))) == {
            (cast.otto.organization_id, "Theirs"), (cast.ada.organization_id, "Chandlery C-1")
        }  # fmt: skip


def test_the_rows_of_an_order_become_its_lines(customers, lines):
    customers.put([customer("C-1")])
    rows = [line("O-1", 1, customer="C-1"), line("O-1", 2, customer="C-1", product="Shackle"), line("O-2", 1)]
    assert lines.put(rows).inserted == 3
    with reading() as session:
        first, second = session.scalars(select(Order).order_by(Order.number))
        assert [(each.position, each.product, each.unit_price, each.tax_rate) for each in first.lines] == [
            (1, "Manila rope", Decimal("38.90"), Decimal("19.00")),
            (2, "Shackle", Decimal("38.90"), Decimal("19.00")),
        ]
        assert (first.customer.number, first.ordered_on, second.customer) == ("C-1", date(2026, 3, 1), None)
    assert lines.compared([*rows, line("O-1", 3), line("O-2", 1, quantity=5)]) == [
        "unchanged", "unchanged", "unchanged", "new", "changed"
    ]  # fmt: skip


def test_an_order_whose_lines_come_in_two_batches_is_one(lines):
    change = lines.started()
    lines.put([line("O-1", 1)], change=change)
    lines.put([line("O-1", 2), line("O-1", 1, quantity=3)], change=change)
    with reading() as session:
        (order,) = session.scalars(select(Order))
        assert [(each.position, each.quantity) for each in order.lines] == [(1, 3), (2, 2)]


@pytest.mark.parametrize("called", ["C-1", "ADA@example.org", "Ada's ropes"])
def test_a_customer_is_found_by_number_address_or_name(customers, lines, called):
    customers.put([customer("C-1", name="Ada's Ropes", email="ada@example.org"), customer("C-2")])
    lines.put([line("O-1", 1, customer=called)])
    with reading() as session:
        assert session.scalars(select(Order)).one().customer.number == "C-1"


def test_a_customer_that_nobody_or_more_than_one_is_called_is_a_problem_of_that_cell(customers, lines):
    customers.put([customer("C-1", name="Ada"), customer("C-2", name="Ada")])
    found = lines.prepared([line("O-1", 1, customer="C-17"), line("O-2", 1, customer="Ada"), line("O-3", 1)])
    assert [row.number for row in found.rows] == [4]
    assert reasons(found.refused) == [
        (2, "customer", "unknown_reference", "there is no customer 'C-17'"),
        (3, "customer", "ambiguous_reference",
         "'Ada' is the name of 2 customers: C-1, C-2; write the one that is meant"),
    ]  # fmt: skip


def test_customers_of_another_organization_cannot_be_named(lines, cast):
    Importing("customers", cast.otto).put([customer("C-9")])
    assert lines.prepared([line("O-1", 1, customer="C-9")]).rows == []


def test_a_processed_order_is_not_changed_and_says_so(customers, lines, cast):
    customers.put([customer("C-1")])
    lines.put([line("O-1", 1, customer="C-1")])
    with writing() as session:
        assert orders.process(session, [all_orders()[0].id], "run", NOON) == []
    rows = [line("O-1", 1, customer="C-1"), line("O-1", 1, customer="C-1", quantity=9), line("O-1", 2, customer="C-1")]
    outcome = lines.put(rows)
    reason = "is of an order that was processed already; it does not change any more"
    assert outcome.unchanged == 1
    assert reasons(outcome.refused) == [(3, "number", "settled", reason), (4, "number", "settled", reason)]


def test_a_line_that_lacks_something_or_has_too_much_is_refused(lines):
    rows = [
        line("O-1", 1, product=None),
        line("O-2", 1, unit_price=Decimal("12.345")),
        line("O-3", 0),
        line("O-4", -1),
        line("O-5", 1, ordered_on=None),
    ]
    assert [(refusal.field, refusal.code) for refusal in lines.put(rows).refused] == [
        ("product", "required"),
        ("unit_price", "too_precise"),
        ("product", "no_line"),
        ("position", "wrong_position"),
        ("ordered_on", "required"),
    ]


def test_an_order_without_lines_is_line_zero(lines):
    alone = {"number": "O-1", "position": 0, "ordered_on": date(2026, 3, 1)}
    assert lines.put([alone]).inserted == 1
    assert lines.compared([alone, alone | {"ordered_on": date(2026, 3, 2)}]) == ["unchanged", "changed"]
    with reading() as session:
        assert session.scalars(select(OrderLine)).all() == []


def test_an_invalid_order_that_an_import_mends_is_new_again(customers, lines):
    customers.put([customer("C-1")])
    lines.put([line("O-1", 1)])
    with writing() as session:
        assert len(orders.process(session, [all_orders()[0].id], "run", NOON)) == 1
    assert lines.put([line("O-1", 1, customer="C-1")]).updated == 1
    assert (only(Order).status, only(Order).problem) == ("new", None)


def test_an_import_of_customers_is_taken_back_but_for_what_was_changed_since(customers):
    customers.put([customer("C-1"), customer("C-2", name="Before")])
    change = customers.started()
    rows = [customer("C-2", name="After"), customer("C-3"), customer("C-4"), customer("C-1", name="Also after")]
    customers.put(rows, change=change)
    customers.put([customer("C-4", country="Norway")])
    assert customers.prospect(change) == (1, 2, 1)
    taken = customers.taken_back(change)
    assert (taken.removed, taken.restored) == (1, 2)
    assert [(kept.name, kept.changed_in) for kept in taken.kept] == [("C-4", change + 1)]
    with reading() as session:
        assert session.execute(select(Customer.number, Customer.name).order_by(Customer.number)).all() == [
            ("C-1", "Chandlery C-1"), ("C-2", "Before"), ("C-4", "Chandlery C-4")
        ]  # fmt: skip
    assert (customers.taken_back(change).removed, customers.prospect(change)) == (0, (0, 0, 1))


def test_a_customer_who_has_orders_by_now_is_kept(customers, lines):
    change = customers.started()
    customers.put([customer("C-1")], change=change)
    lines.put([line("O-1", 1, customer="C-1")])
    (kept,) = customers.taken_back(change).kept
    assert (kept.name, kept.reason) == ("C-1", "Has 1 order now.")


def test_orders_become_what_they_were_line_by_line(lines):
    lines.put([line("O-1", 1), line("O-1", 2)])
    before = book()
    change = lines.started()
    lines.put([line("O-1", 2, quantity=9, ordered_on=date(2026, 4, 1)), line("O-1", 3), line("O-2", 1)], change=change)
    lines.put([line("O-2", 2), line("O-1", 3, product="Fender")], change=change)
    assert (book(), lines.prospect(change)) != (before, (0, 0, 0))
    taken = lines.taken_back(change)
    assert (taken.removed, taken.restored, taken.kept) == (1, 1, ())
    assert book() == before


def test_an_order_that_was_processed_since_is_kept(customers, lines):
    customers.put([customer("C-1")])
    change = lines.started()
    lines.put([line("O-1", 1, customer="C-1"), line("O-2", 1)], change=change)
    with writing() as session:
        orders.process(session, [order.id for order in all_orders()], "run", NOON)
    taken = lines.taken_back(change)
    assert (taken.removed, [(kept.name, kept.changed_in) for kept in taken.kept]) == (1, [("O-1", None)])


def test_the_version_of_a_table_grows_with_what_imports_change(customers):
    seen = []
    for name in ("Ada", "Ada", "Otto"):
        customers.put([customer("C-1", name=name)])
        with reading() as session:
            seen.append(customers.target.version(session))
    assert seen == [1, 1, 2]


def book():
    """All orders with their lines."""
    with reading() as session:
        query = select(Order.number, Order.ordered_on, OrderLine.position, OrderLine.product, OrderLine.quantity)
        return session.execute(query.join(OrderLine).order_by(Order.number, OrderLine.position)).all()


def test_what_a_template_has_no_column_for_is_a_problem_of_the_whole_row(cast, context):
    only_numbers = Importing("customers", cast.ada, fields=("number",))
    (refused,) = reasons(only_numbers.put([{"number": "C-1"}]).refused)
    assert refused == (2, None, "required", "Name is required for a new customer")


def test_many_batches_are_taken_back_in_many(customers, lines):
    """So many that documents lie across batches."""
    customers.put([customer(f"C-{number}") for number in range(400)])
    change = lines.started()
    rows = [line(f"O-{number // 3}", number % 3 + 1, customer=f"C-{number % 400}") for number in range(2_500)]
    for start in range(0, len(rows), 500):
        assert lines.put(rows[start : start + 500], change=change).inserted == 500
    assert lines.compared(rows[:499]).count("unchanged") >= 166
    assert lines.prospect(change) == (834, 0, 0)
    assert lines.taken_back(change).removed == 834
    assert book() == []


def test_an_import_that_only_adds_changes_what_it_added_itself(customers):
    customers.put([customer("C-0")])
    change = customers.started()
    customers.put([customer("C-1"), customer("C-1", name="Twice")], existing="insert", change=change)
    outcome = customers.put([customer("C-1", name="Thrice"), customer("C-0")], existing="insert", change=change)
    assert (outcome.updated, [refusal.code for refusal in outcome.refused]) == (1, ["exists"])
