"""Customers and orders to work on: believable, always the same, some of them not as they must be."""

from datetime import date, timedelta
from decimal import Decimal

from sqlalchemy.orm import Session

from webapp.commerce import customers, orders
from webapp.commerce.customers import NewCustomer
from webapp.commerce.orders import NewLine, NewOrder

GOODS = (
    ("Manila rope, 50 m", "38.90", 19),
    ("Shackle, 12 mm", "4.35", 19),
    ("Chart of the bay", "21.99", 7),
    ("Ship's biscuit, 1 kg", "3.05", 7),
    ("Pilotage", "120.00", 0),
)
DISCOUNTS = ("0", "2.50", "10", "33.33")
COUNTRIES = ("Denmark", "Norway", None, "Iceland")
FIRST_DAY = date(2026, 1, 5)


def stock(session: Session, organization_id: int, count: int, of: int, bad_every: int = 10) -> None:
    """Gives the organization `of` customers, and `count` orders of theirs in turn; every `bad_every`-th is invalid."""
    customers.add(session, organization_id, [customer(number) for number in range(of)])
    orders.add(session, organization_id, [order(number, of, bad_every) for number in range(count)])


def customer(number: int) -> NewCustomer:
    """A customer: every fifth has no e-mail address."""
    email = None if number % 5 == 4 else f"chandlery{number}@example.org"
    discount = Decimal(DISCOUNTS[number % len(DISCOUNTS)])
    return NewCustomer(f"C{number:04d}", f"Chandlery {number}", email, COUNTRIES[number % len(COUNTRIES)], discount)


def order(number: int, of: int, bad_every: int = 10) -> NewOrder:
    """An order with one to three lines; one that is to be invalid is so in one of several ways."""
    made = [line(number + place, number) for place in range(1 + number % 3)]
    whose: str | None = f"C{number % of:04d}"
    if number % bad_every == bad_every - 1:
        made, whose = spoilt(number // bad_every, made, whose)
    return NewOrder(f"O{number:05d}", whose, FIRST_DAY + timedelta(days=number % 300), made)


def line(place: int, number: int) -> NewLine:
    """One of the goods, a few times."""
    product, price, rate = GOODS[place % len(GOODS)]
    return NewLine(product, 1 + number % 7, Decimal(price), Decimal(rate))


def spoilt(turn: int, lines: list[NewLine], whose: str | None) -> tuple[list[NewLine], str | None]:
    """The lines and the customer of an order that cannot be processed."""
    ways = (
        ([], whose),
        ([NewLine("Shackle, 12 mm", 0, Decimal("4.35"), Decimal(19))], whose),
        ([NewLine("Shackle, 12 mm", 1, Decimal("-4.35"), Decimal(19))], whose),
        ([NewLine("Shackle, 12 mm", 1, Decimal("4.35"), Decimal(16))], whose),
        (lines, None),
    )
    return ways[turn % len(ways)]
