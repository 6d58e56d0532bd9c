"""Orders: taken in, found again, processed. Knows no job and no page."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import Select, func, insert, or_, select, update
from sqlalchemy.orm import Session, contains_eager, selectinload

from . import audit, costing
from .errors import CustomerMissing, InvalidOrder
from .models import Customer, Order, OrderLine

STATUSES = ("new", "processed", "invalid")
OPEN = ("new", "invalid")
"""Orders that are still to be processed: an invalid one is looked at again each time, for it may be right by then."""
SORTS = {
    "number": Order.number,
    "customer": func.lower(Customer.name),
    "ordered_on": Order.ordered_on,
    "status": Order.status,
    "total": Order.total,
}
NO_COSTS = {"subtotal": None, "discount": None, "tax": None, "total": None, "processed_at": None}


@dataclass(frozen=True)
class NewLine:
    """Something that is ordered. `unit_price` has two places at most, `tax_rate` is in percent."""

    product: str
    quantity: int
    unit_price: Decimal
    tax_rate: Decimal


@dataclass(frozen=True)
class NewOrder:
    """An order as it comes in; `customer` is that customer's number, None if nobody said."""

    number: str
    customer: str | None
    ordered_on: date
    lines: Sequence[NewLine] = ()


@dataclass(frozen=True)
class Refusal:
    """The number of an order that is invalid, and why."""

    number: str
    reason: str


def add(session: Session, organization_id: int, new: Sequence[NewOrder]) -> list[int]:
    """Takes orders in, whose numbers the organization does not have yet; answers their ids, in order.

    One whose customer is not known belongs to nobody: processing says so.
    """
    if not new:
        return []
    known = _customer_ids(session, organization_id)
    rows = [
        {"organization_id": organization_id, "customer_id": known.get(order.customer or ""), "number": order.number}
        | {"ordered_on": order.ordered_on, "status": "new"}
        for order in new
    ]
    ids = list(session.scalars(insert(Order).returning(Order.id, sort_by_parameter_order=True), rows))
    lines = [
        {"order_id": order_id, "position": position, **asdict(line)}
        for order_id, order in zip(ids, new, strict=True)
        for position, line in enumerate(order.lines, 1)
    ]
    if lines:
        session.execute(insert(OrderLine), lines)
    return ids


def find(session: Session, organization_id: int, order_id: int) -> Order | None:
    """The organization's order, or None."""
    return session.scalar(select(Order).where(Order.id == order_id, Order.organization_id == organization_id))


def listed(
    organization_id: int, *, status: str = "", search: str = "", sort: str = "", descending: bool = False
) -> Select[Any]:
    """The organization's orders with their customers: those with this status (all, if it is none), and with `search`
    in their number or their customer's name; sorted by one of SORTS, else the newest first.
    """
    query = select(Order).outerjoin(Order.customer).options(contains_eager(Order.customer))
    query = query.where(Order.organization_id == organization_id)
    if status in STATUSES:
        query = query.where(Order.status == status)
    if search:
        found = (column.icontains(search, autoescape=True) for column in (Order.number, Customer.name))
        query = query.where(or_(*found))
    if sort not in SORTS:
        return query.order_by(Order.ordered_on.desc(), Order.id.desc())
    return query.order_by(SORTS[sort].desc() if descending else SORTS[sort].asc(), Order.id)


def of_customer(customer_id: int) -> Select[Any]:
    """The orders of a customer, the newest first: a query to page."""
    return select(Order).where(Order.customer_id == customer_id).order_by(Order.ordered_on.desc(), Order.id.desc())


def counts(session: Session, organization_id: int) -> dict[str, int]:
    """How many orders the organization has, by status."""
    query = select(Order.status, func.count()).where(Order.organization_id == organization_id).group_by(Order.status)
    found = dict(session.execute(query).all())
    return {status: found.get(status, 0) for status in STATUSES}


def last_id(session: Session, organization_id: int) -> int:
    """The highest id of an order of the organization; 0 if it has none."""
    return session.scalar(select(func.max(Order.id)).where(Order.organization_id == organization_id)) or 0


def open_ids(organization_id: int, up_to: int) -> Select[int]:
    """The ids of the orders that are to be processed, of those that were there when `up_to` was the highest."""
    query = select(Order.id).where(Order.organization_id == organization_id, Order.status.in_(OPEN))
    return query.where(Order.id <= up_to)


def next_open(session: Session, organization_id: int, up_to: int, after: int, size: int) -> list[int]:
    """The first `size` of them behind the id `after`."""
    query = open_ids(organization_id, up_to).where(Order.id > after).order_by(Order.id)
    return list(session.scalars(query.limit(size)))


def count_open(session: Session, organization_id: int, up_to: int) -> int:
    """How many of them there are."""
    return session.scalar(select(func.count()).select_from(open_ids(organization_id, up_to).subquery())) or 0


def process(session: Session, order_ids: Sequence[int], run: str, at: datetime) -> list[Refusal]:
    """Checks and costs these orders, and notes in the audit that `run` did; answers those that are invalid.

    One that another run has processed meanwhile is left as it is.
    """
    query = select(Order).where(Order.id.in_(order_ids), Order.status.in_(OPEN)).order_by(Order.id).with_for_update()
    found = list(session.scalars(query.options(selectinload(Order.customer), selectinload(Order.lines))))
    refusals = [refusal for order in found if (refusal := _process(order, at))]
    audit.note(session, run, [str(order.id) for order in found])
    return refusals


def costs_of(order: Order) -> costing.Costs:
    """What the order costs, by tax rate and in all. Raises InvalidOrder."""
    if order.customer is None:
        raise CustomerMissing
    return costing.costs_of(order.lines, order.customer.discount)


def summary(count: int, refused: int) -> str:
    """What came of so many orders, of which some were refused."""
    if not refused:
        return f"{count:,} {'order' if count == 1 else 'orders'} processed."
    return f"{count - refused:,} of {count:,} orders processed, {refused:,} invalid."


def reset(session: Session, organization_id: int) -> int:
    """Makes all orders of the organization new again, for a demonstration; answers how many there are."""
    of_organization = Order.organization_id == organization_id
    session.execute(update(Order).where(of_organization).values(status="new", problem=None, **NO_COSTS))
    return session.scalar(select(func.count()).where(of_organization)) or 0


def _process(order: Order, at: datetime) -> Refusal | None:
    try:
        costs = costs_of(order)
    except InvalidOrder as problem:
        order.status, order.problem = "invalid", problem.sentence
        return Refusal(order.number, problem.sentence)
    order.status, order.problem, order.processed_at = "processed", None, at
    order.subtotal, order.discount, order.tax, order.total = costs.subtotal, costs.discount, costs.tax, costs.total
    return None


def _customer_ids(session: Session, organization_id: int) -> dict[str, int]:
    query = select(Customer.number, Customer.id).where(Customer.organization_id == organization_id)
    return dict(session.execute(query).all())
