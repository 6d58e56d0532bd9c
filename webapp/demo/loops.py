"""The same work as the jobs do, over the same services and in transactions of the same size, without a job: what it
takes where nothing is saved of how far it is, and an interruption would lose all of that.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.campaigns import outbox, recipients
from webapp.campaigns.jobs import BATCH, begun
from webapp.campaigns.models import Campaign
from webapp.commerce import orders, reports
from webapp.commerce.jobs import SIZE
from webapp.db import reading, writing

Found = TypeVar("Found")


def process_orders(organization_id: int, run: str) -> None:
    """Processes the open orders."""
    with reading() as session:
        up_to = orders.last_id(session, organization_id)
    last = 0
    while found := _read(lambda session, after=last: orders.next_open(session, organization_id, up_to, after, SIZE)):
        with writing() as session:
            orders.process(session, found, run, datetime.now(UTC))
        last = found[-1]


def report_customers(organization_id: int, run: str) -> None:
    """Reports on the customers, one of them in each transaction."""
    with reading() as session:
        up_to = orders.last_id(session, organization_id)
    last: int | None = 0
    while last := _read(lambda session, after=last: reports.next_customer(session, organization_id, up_to, after)):
        pairs = _read(lambda session, of=last: reports.orders_of(session, of, up_to))
        with writing() as session:
            reports.count(session, pairs, run, up_to, datetime.now(UTC))


def send_campaign(organization_id: int, run: str) -> None:
    """Sends the campaign."""
    campaign_id = _read(lambda session: session.scalar(select(Campaign.id).filter_by(organization_id=organization_id)))
    last, up_to = 0, 2**62
    with begun(Unsaved(), campaign_id, 0.0) as (campaign, delivery):
        while found := _read(lambda session, after=last: recipients.after(session, campaign_id, up_to, after, BATCH)):
            prepared = outbox.prepare(campaign, found)
            with writing() as session:
                outbox.put(session, campaign, prepared, run, datetime.now(UTC))
            delivery.deliver()
            last = found[-1].id


LOOPS: dict[str, Callable[[int, str], None]] = {
    "orders": process_orders,
    "reports": report_customers,
    "campaign": send_campaign,
}


class Unsaved:
    """What a delivery needs of the work that it is a part of, where that saves nothing and is never stopped."""

    def aside(self) -> AbstractContextManager[Session]:
        """A plain transaction."""
        return writing()

    def report(self, message: str | None = None) -> None:
        """Nobody is told."""

    def wait(self, seconds: float) -> None:
        """Nothing is waited for."""

    def record_failure(self, item: object, reason: object) -> None:
        """Nobody is told."""


def _read(ask: Callable[..., Found]) -> Found:
    with reading() as session:
        return ask(session)
