"""Seed data: how much of it there is, and how it comes into an organization. What is there already stays as it is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.campaigns import recipients, service
from webapp.campaigns.models import Campaign
from webapp.campaigns.service import Draft
from webapp.campaigns.unsubscribing import Reader, unsubscribe
from webapp.commerce import customers, orders
from webapp.commerce.models import Customer, Order

from . import rows

SUBJECT = "News from the quay for {first_name|you}"
BODY = "Dear {first_name|friend},\n\nthe crane is back, and so is the ferry to {country|the islands}.\n"
NAMES = ("News from the quay", "Winter timetable", "Thank you")


@dataclass(frozen=True)
class Size:
    """How much is sown: customers, orders, and the readers of each campaign."""

    customers: int
    orders: int
    campaigns: tuple[int, ...]


SIZES = {"quick": Size(50, 100, (500,)), "full": Size(5_000, 10_000, (5_000, 1_000, 500))}


def sow_customers(session: Session, organization_id: int, size: Size, seed: int) -> int:
    """Adds the customers that are not there yet; answers how many these are."""
    known = set(session.scalars(select(Customer.number).where(Customer.organization_id == organization_id)))
    new = [rows.customer(seed, n) for n in range(1, size.customers + 1) if rows.customer_number(n) not in known]
    customers.add(session, organization_id, new)
    return len(new)


def sow_orders(session: Session, organization_id: int, size: Size, seed: int) -> int:
    """Adds the orders that are not there yet; answers how many these are. The last tenth of the customers has none."""
    known = set(session.scalars(select(Order.number).where(Order.organization_id == organization_id)))
    made = (rows.order(seed, number, size.customers * 9 // 10) for number in range(1, size.orders + 1))
    new = [order for order in made if order.number not in known]
    orders.add(session, organization_id, new)
    return len(new)


def sow_campaigns(session: Session, organization_id: int, size: Size, seed: int) -> int:
    """Adds the campaigns whose names are not there yet, with their readers; answers how many readers these are."""
    known = set(session.scalars(select(Campaign.name).where(Campaign.organization_id == organization_id)))
    new = [(name, count) for name, count in zip(NAMES, size.campaigns, strict=False) if name not in known]
    at = datetime.now(UTC)
    for number in range(1, max((count for _, count in new), default=0) + 1):
        if rows.has_unsubscribed(seed, number):
            unsubscribe(session, Reader(organization_id, rows.reader(seed, number).email), at)
    return sum(sow_campaign(session, organization_id, name, count, seed, at) for name, count in new)


def sow_campaign(session: Session, organization_id: int, name: str, count: int, seed: int, at: datetime) -> int:
    """Adds a campaign to so many readers; answers how many these are."""
    draft = Draft(name, SUBJECT, BODY)
    campaign = service.create(session, organization_id, None, draft, ["country"], at)
    return recipients.add(session, campaign, [rows.reader(seed, number) for number in range(1, count + 1)]).new


PARTS: dict[str, Callable[[Session, int, Size, int], int]] = {
    "customers": sow_customers,
    "orders": sow_orders,
    "recipients": sow_campaigns,
}
"""What is sown, in its order; each part in a transaction of its own."""
