"""The rows of a query by their key: pages go on exactly behind every key, of whatever type."""

from datetime import date, datetime, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, Integer, delete, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webapp.jobs import batches, nested, rows
from webapp.jobs.errors import KeyMissing
from webapp.jobs.testing import prove

from .conftest import put
from .cursors import goes_on_behind_every_cursor, read, values


class Base(DeclarativeBase):
    """The tables of this test."""


class Customer(Base):
    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Order(Base):
    __tablename__ = "orders"

    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), primary_key=True)
    number: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    placed_at: Mapped[datetime]
    due_on: Mapped[date]
    amount: Mapped[Decimal]
    code: Mapped[UUID]
    note: Mapped[str | None]


MIDNIGHT = datetime(2026, 3, 29, 1, 59, 59, 123456)
COUNT = 23


@pytest.fixture
def reading(kernel, engine):
    """Sessions on a database with five customers and 23 orders, whose keys have gaps."""
    Base.metadata.create_all(engine)
    with kernel.writing() as session:
        session.add_all(Customer(id=10 * number, name=f"Customer {number}") for number in range(1, 6))
        session.add_all(order(number) for number in range(COUNT))
    return kernel.reading


def order(number: int) -> Order:
    return Order(
        customer_id=10 * (1 + number % 5),
        number=3 * number,
        placed_at=MIDNIGHT + timedelta(microseconds=number),
        due_on=date(2026, 1, 1) + timedelta(days=number),
        amount=Decimal("0.10") * number,
        code=UUID(int=number),
        note=None if number == 7 else f"{number:04}",
    )


@pytest.mark.parametrize("page", [1, 4, 22, 23, 24, 500])
@pytest.mark.parametrize("by", ["number", "placed_at", "due_on", "code"])
def test_rows_go_on_behind_a_key_of_any_type(reading, by, page):
    column = getattr(Order, by)
    found = goes_on_behind_every_cursor(rows(select(column), by=column, reading=reading, page=page))
    assert len(found) == COUNT
    assert found == sorted(found)


@pytest.mark.parametrize("page", [1, 5, 500])
def test_rows_go_on_behind_a_key_of_several_columns(reading, page):
    query = select(Order.customer_id, Order.number)
    found = goes_on_behind_every_cursor(rows(query, by=(Order.customer_id, Order.number), reading=reading, page=page))
    assert [tuple(row) for row in found] == sorted((10 * (1 + number % 5), 3 * number) for number in range(COUNT))


def test_rows_go_on_behind_an_exact_number(reading):
    query = select(Order.amount).where(Order.amount > 0)
    assert len(goes_on_behind_every_cursor(rows(query, by=Order.amount, reading=reading, page=3))) == COUNT - 1


def test_rows_of_entities_are_the_entities_and_of_several_things_rows(reading):
    customers = read(rows(select(Customer), by=Customer.id, reading=reading))
    assert [customer.value.name for customer in customers][:2] == ["Customer 1", "Customer 2"]
    query = select(Customer, Order.number).join(Order, Order.customer_id == Customer.id)
    pairs = read(rows(query, by=[Customer.id, Order.number], reading=reading, page=4))
    assert len(pairs) == COUNT
    assert (pairs[0].value.Customer.id, pairs[0].value.number) == (10, 0)


def test_rows_keep_the_order_of_their_key_whatever_else_was_asked_for(reading):
    found = read(rows(select(Customer.id).order_by(Customer.name.desc()), by=Customer.id, reading=reading, page=2))
    assert values(found) == [10, 20, 30, 40, 50]


def test_rows_are_read_in_pages_behind_a_key_and_never_at_an_offset(reading, engine):
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    read(rows(select(Order.number), by=Order.number, reading=reading, page=10))
    asked = [statement for statement in statements if statement.startswith("SELECT")]
    assert len(asked) == 3
    assert all("OFFSET" not in statement.upper().replace("LIMIT ? OFFSET ?", "") for statement in asked)
    assert all("orders.number > " in statement for statement in asked[1:])


@pytest.mark.parametrize("size", [1, 5, 22, 23, 24])
def test_rows_in_lists_are_read_a_list_at_a_time(reading, engine, size):
    statements = []
    event.listen(engine, "before_cursor_execute", lambda *details: statements.append(details[2]))
    everything = values(read(rows(select(Order.number), by=Order.number, reading=reading)))
    statements.clear()
    found = goes_on_behind_every_cursor(batches(rows(select(Order.number), by=Order.number, reading=reading), size))
    assert [number for batch in found for number in batch] == everything
    assert {len(batch) for batch in found[:-1]} <= {size}
    statements.clear()
    list(rows(select(Order.number), by=Order.number, reading=reading).in_lists(None, size))
    assert sum(statement.startswith("SELECT") for statement in statements) == COUNT // size + 1


def test_rows_that_come_in_behind_the_cursor_are_seen_and_those_before_it_are_not(reading, kernel):
    enumerator = rows(select(Customer.id), by=Customer.id, reading=reading, page=2)
    found = []
    for portion in read(enumerator)[:2]:
        found.append(portion.value)
    with kernel.writing() as session:
        session.add_all([Customer(id=15, name="Too late"), Customer(id=35, name="In time")])
    assert values(read(enumerator, 20)) == [30, 35, 40, 50]


def test_rows_are_counted(reading):
    assert rows(select(Order).where(Order.number > 30), by=Order.number, reading=reading).total() == COUNT - 11


def test_rows_without_a_key_are_no_rows_to_go_through(reading):
    with pytest.raises(KeyMissing, match=r"Order\.note"):
        read(rows(select(Order), by=Order.note, reading=reading))


def test_a_nested_item_that_is_gone_costs_the_next_one_nothing(reading, kernel):
    enumerator = nested(
        rows(select(Customer.id), by=Customer.id, reading=reading),
        lambda customer: rows(
            select(Order.number).where(Order.customer_id == customer), by=Order.number, reading=reading
        ),
    )
    everything = read(enumerator)
    in_hand = next(portion for portion in everything if portion.value == (20, 18))
    with kernel.writing() as session:
        session.execute(delete(Order).where(Order.customer_id == 20))
        session.execute(delete(Customer).where(Customer.id == 20))
    assert values(read(enumerator, in_hand.cursor)) == [pair for pair in values(everything) if pair[0] > 20]


def test_a_job_goes_through_the_rows_of_a_table_in_one_transaction_a_batch(kernel, enqueue, script, effects, reading):
    def does(job):
        for batch in job.iterate(rows(select(Order), by=Order.number, reading=reading, page=4), size=10):
            with job.batch() as session:
                put(session, job.id, [order.number for order in batch])

    script.does = does
    plain = prove(kernel, enqueue, lambda job: effects(job.id))
    assert effects(plain.job.id) == [3 * number for number in range(COUNT)]
    assert (plain.job.total, plain.job.processed) == (COUNT, COUNT)
