"""What jobs go through: every enumerator goes on exactly behind every cursor, also once that has been JSON."""

import json
from contextlib import contextmanager
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import ForeignKey, Integer, event, select
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from webapp.jobs import Enumerator, Portion, array, batches, clock, nested, rows, throttled, workbook_rows
from webapp.jobs.enumerators import Wait
from webapp.jobs.errors import KeyMissing
from webapp.jobs.testing import prove, run_to_end
from webapp.sheets import read_rows

from ..sheets.workbooks import workbook
from .conftest import put


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


def read(enumerator: Enumerator[Any], cursor: Any = None) -> list[Portion[Any]]:
    return [portion for portion in enumerator.after(cursor) if isinstance(portion, Portion)]


def values(portions: list[Portion[Any]]) -> list[Any]:
    return [portion.value for portion in portions]


def goes_on_behind_every_cursor(enumerator: Enumerator[Any]) -> list[Any]:
    """Checks that, and answers all the items."""
    portions = read(enumerator)
    for place, portion in enumerate(portions, 1):
        cursor = json.loads(json.dumps(portion.cursor))
        assert cursor == portion.cursor
        assert values(read(enumerator, cursor)) == values(portions[place:])
    assert len({json.dumps(portion.cursor) for portion in portions}) == len(portions)
    return values(portions)


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
    assert all("orders.number > ?" in statement for statement in asked[1:])


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


def test_an_array_goes_on_behind_every_item():
    assert goes_on_behind_every_cursor(array("abcde")) == list("abcde")
    assert array("abcde").total() == 5


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_batches_go_on_behind_every_batch_and_count_their_items(size):
    enumerator = batches(array("abcde"), size)
    found = goes_on_behind_every_cursor(enumerator)
    assert "".join("".join(batch) for batch in found) == "abcde"
    assert [len(batch) for batch in found[:-1]] == [size] * (len(found) - 1)
    assert [portion.weight for portion in read(enumerator)] == [len(batch) for batch in found]
    assert enumerator.total() == 5


def test_the_rows_of_a_workbook_go_on_below_every_batch(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", [["Name"], *([f"Name {number}"] for number in range(40)), [""], ["Last"]])

    @contextmanager
    def open_rows(after_row):
        with read_rows(path, "Sheet1", 1, after_row=after_row, batch_size=7) as stream:
            yield stream

    enumerator = workbook_rows(open_rows, total=41)
    numbers = [number for portion in read(enumerator) for number in portion.value.numbers]
    assert numbers == [*range(2, 42), 43]
    for portion in read(enumerator):
        rest = [number for other in read(enumerator, portion.cursor) for number in other.value.numbers]
        assert rest == numbers[numbers.index(portion.cursor) + 1 :]
    assert sum(portion.weight for portion in read(enumerator)) == enumerator.total() == 41


def test_lists_are_the_same_when_something_may_cut_them_short():
    enumerator = array(range(10))
    whole = [portion[:2] for portion in enumerator.in_lists(None, 4)]
    assert whole == [portion[:2] for portion in enumerator.in_lists(None, 4, lambda cursor, count: False)]
    cut = enumerator.in_lists(2, 4, lambda cursor, count: cursor == 5)
    assert [portion.value for portion in cut] == [[2, 3, 4], [5, 6, 7, 8], [9]]


def test_a_sheet_is_closed_when_a_job_stops_in_the_midst_of_it(kernel, enqueue, script):
    class Rows:
        numbers, last_row = [2, 3], 3

    opened = []

    @contextmanager
    def open_rows(after_row):
        opened.append(after_row)
        try:
            yield [Rows, Rows]
        finally:
            opened.append("closed")

    script.does = lambda job: list(job.iterate(workbook_rows(open_rows)))
    kernel.run(enqueue(interrupt_when={"at": 3}).id)
    assert opened == [0, "closed"]


def pairs(outer: int, inner: int) -> Enumerator[tuple[int, int]]:
    return nested(array(range(outer)), lambda of: array(range(inner if of % 2 else 0)))


def test_nested_items_go_on_behind_every_pair_also_past_empty_ones():
    assert goes_on_behind_every_cursor(pairs(6, 3)) == [(of, item) for of in (1, 3, 5) for item in range(3)]


def test_nesting_can_be_nested():
    deep = nested(nested(array("ab"), lambda _: array("xy")), lambda _: array(range(2)))
    found = goes_on_behind_every_cursor(deep)
    assert [f"{a}{x}{n}" for (a, x), n in found] == [f"{a}{x}{n}" for a in "ab" for x in "xy" for n in range(2)]


def test_batches_of_nested_items_go_on_too():
    found = goes_on_behind_every_cursor(batches(pairs(6, 3), 2))
    assert [pair for batch in found for pair in batch] == values(read(pairs(6, 3)))


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
        session.delete(session.get(Customer, 20))
    assert values(read(enumerator, in_hand.cursor)) == [pair for pair in values(everything) if pair[0] > 20]


def test_throttled_items_are_never_more_a_minute_than_said_also_over_interruptions(kernel, enqueue, script, effects):
    def does(job):
        for _ in job.iterate(throttled(array(range(4)), per_minute=30)):
            with job.batch() as session:
                put(session, job.id, [round(1000 * clock.now())])

    def pace(job):
        moments = effects(job.id)
        return len(moments), all(later - sooner >= 1999 for sooner, later in pairwise(moments))

    script.does = does
    plain = prove(kernel, enqueue, pace)
    assert pace(plain.job) == (4, True)
    assert effects(plain.job.id)[3] - effects(plain.job.id)[0] == pytest.approx(6000, abs=2)


def test_what_is_throttled_goes_on_behind_every_item_and_is_counted():
    enumerator = throttled(batches(array(range(6)), 2), per_minute=60)
    with clock.held(1_000_000) as forward:
        assert goes_on_behind_every_cursor(enumerator) == [[0, 1], [2, 3], [4, 5]]
        assert [wait.seconds for wait in enumerator.after(None) if isinstance(wait, Wait)] == [0, 2, 2]
        behind_the_first = [2, clock.now(), 2]
        for passed, left in ((0.5, 1.5), (100, 0), (-100_000, 2)):
            forward(passed)
            assert next(enumerator.after(behind_the_first)).seconds == left
    assert enumerator.total() == 6


def test_a_job_goes_through_the_rows_of_a_table_in_one_transaction_a_batch(kernel, enqueue, script, effects, reading):
    def does(job):
        for batch in job.iterate(rows(select(Order), by=Order.number, reading=reading, page=4), size=10):
            with job.batch() as session:
                put(session, job.id, [order.number for order in batch])

    script.does = does
    plain = prove(kernel, enqueue, lambda job: effects(job.id))
    assert effects(plain.job.id) == [3 * number for number in range(COUNT)]
    assert (plain.job.total, plain.job.processed) == (COUNT, COUNT)


def test_anything_that_goes_on_behind_a_cursor_is_an_enumerator(kernel, enqueue, script, effects):
    def powers(cursor):
        for exponent in range((cursor or 0) + 1, 8):
            yield Portion(2**exponent, exponent)

    def does(job):
        for number in job.iterate(Enumerator(powers)):
            with job.batch() as session:
                put(session, job.id, [number])

    script.does = does
    done = run_to_end(kernel, enqueue().id).job
    assert effects(done.id) == [2, 4, 8, 16, 32, 64, 128]
    assert done.total is None
