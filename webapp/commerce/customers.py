"""Customers: taken in, and found again."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, insert, or_, select
from sqlalchemy.orm import Session

from .models import Customer, Order
from .money import NOTHING

SORTS = {
    "number": Customer.number,
    "name": func.lower(Customer.name),
    "country": func.lower(Customer.country),
    "discount": Customer.discount,
}


@dataclass(frozen=True)
class NewCustomer:
    """A customer as they come in. `discount` is in percent, with two places at most."""

    number: str
    name: str
    email: str | None = None
    country: str | None = None
    discount: Decimal = NOTHING


def add(session: Session, organization_id: int, new: Sequence[NewCustomer]) -> None:
    """Takes customers in, whose numbers the organization does not have yet."""
    if new:
        session.execute(insert(Customer), [{"organization_id": organization_id, **asdict(each)} for each in new])


def find(session: Session, organization_id: int, customer_id: int) -> Customer | None:
    """The organization's customer, or None."""
    query = select(Customer).where(Customer.id == customer_id, Customer.organization_id == organization_id)
    return session.scalar(query)


def listed(organization_id: int, *, search: str = "", sort: str = "", descending: bool = False) -> Select[Any]:
    """The organization's customers: those with `search` in their number, name, e-mail address or country; sorted by
    one of SORTS, else by number.
    """
    query = select(Customer).where(Customer.organization_id == organization_id)
    if search:
        columns = (Customer.number, Customer.name, Customer.email, Customer.country)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    column = SORTS.get(sort, Customer.number)
    return query.order_by(column.desc() if descending else column.asc(), Customer.id)


def count(session: Session, organization_id: int) -> int:
    """How many customers the organization has."""
    return session.scalar(select(func.count()).where(Customer.organization_id == organization_id)) or 0


def orders_by_customer(session: Session, customer_ids: Sequence[int]) -> dict[int, int]:
    """How many orders each of these customers has; those without are left out."""
    query = select(Customer.id, func.count()).join(Order, Order.customer_id == Customer.id)
    return dict(session.execute(query.where(Customer.id.in_(customer_ids)).group_by(Customer.id)).all())
