"""What a demonstration runs on: data of its own for each job and style, the same for both styles, each time as new."""

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Organization
from webapp.accounts.service import organization_named
from webapp.campaigns.jobs import KIND as CAMPAIGN
from webapp.campaigns.jobs import start_campaign
from webapp.campaigns.models import Campaign, Recipient
from webapp.commerce import customers, orders, reports
from webapp.commerce.jobs import ORDERS, REPORTS, start_processing, start_reports
from webapp.commerce.models import Customer, Order
from webapp.jobs import UNFINISHED, Job, jobs_of
from webapp.seeding import rows
from webapp.seeding.seeds import sow_campaign

from .errors import ItemMissing, UnderWay

SEED = 1
ORDERS_EACH = 50
"""Orders of each customer that is reported on."""


class Stage(ABC):
    """One of the jobs, with the data that it is shown on: in an organization for each style, which has nobody in it."""

    name: str
    items: int
    """So many, unless asked for otherwise."""
    each: int = 1
    """What the job counts of each item: of a customer, the orders."""

    def organization(self, session: Session, style: str) -> int:
        """The id of the organization that has the data; made, if there is none."""
        found = organization_named(session, self._place(style))
        session.add(found)
        session.flush()
        return found.id

    def known_organization(self, session: Session, style: str) -> int | None:
        """The same, or None if it was never made."""
        return session.scalar(select(Organization.id).where(Organization.name == self._place(style)))

    def set_up(self, session: Session, style: str, items: int | None = None) -> int:
        """Makes the data as new, so many items of it; answers the id of the organization. Raises UnderWay."""
        organization_id, count = self.organization(session, style), items or self.items
        for job in self.under_way(session, organization_id):
            raise UnderWay(title=job.title)
        if len(session.scalars(self.ids(organization_id)).all()) != count:
            _clear(session, organization_id)
            self._stock(session, organization_id, count)
        self._reset(session, organization_id, count)
        return organization_id

    def under_way(self, session: Session, organization_id: int) -> list[Job]:
        """The jobs on this data that have not ended."""
        return list(session.scalars(self.jobs(session, organization_id).where(Job.state.in_(UNFINISHED))))

    def cursor_at(self, session: Session, organization_id: int, style: str, number: int) -> Any:
        """What the cursor of a job in this style is at the item in this place, from 1. Raises ItemMissing."""
        found = session.scalar(self.ids(organization_id).offset(number - 1).limit(1))
        if found is None:
            raise ItemMissing(number=number)
        return found

    def _place(self, style: str) -> str:
        return f"Demonstration: {self.name}, {style}"

    @abstractmethod
    def jobs(self, session: Session, organization_id: int) -> Select[Any]:
        """The jobs about this data, the newest first."""

    @abstractmethod
    def ids(self, organization_id: int) -> Select[int]:
        """The ids of the items, in their order."""

    @abstractmethod
    def start(self, session: Session, organization_id: int, owner_id: int | None, **wishes: Any) -> Job:
        """Enqueues the job. `wishes` are those of the rooms' own start functions."""

    @abstractmethod
    def _stock(self, session: Session, organization_id: int, items: int) -> None:
        """Makes the items."""

    @abstractmethod
    def _reset(self, session: Session, organization_id: int, items: int) -> None:
        """Makes them as if no job had been there."""


class Processing(Stage):
    """Orders that are processed."""

    name, items = "orders", 1_000

    def jobs(self, session: Session, organization_id: int) -> Select[Any]:
        """Those that process its orders."""
        return jobs_of(kind=ORDERS, subject_id=str(organization_id))

    def ids(self, organization_id: int) -> Select[int]:
        """Those of the orders."""
        return select(Order.id).where(Order.organization_id == organization_id).order_by(Order.id)

    def start(self, session: Session, organization_id: int, owner_id: int | None, **wishes: Any) -> Job:
        """Processes the orders."""
        return start_processing(session, organization_id, owner_id, **wishes)

    def _stock(self, session: Session, organization_id: int, items: int) -> None:
        whose = max(1, items // 10)
        customers.add(session, organization_id, [rows.customer(SEED, number) for number in range(1, whose + 1)])
        orders.add(session, organization_id, [rows.order(SEED, number, whose) for number in range(1, items + 1)])

    def _reset(self, session: Session, organization_id: int, items: int) -> None:
        orders.reset(session, organization_id)


class Reporting(Stage):
    """Customers who are reported on, with fifty orders each."""

    name, items, each = "reports", 100, ORDERS_EACH

    def jobs(self, session: Session, organization_id: int) -> Select[Any]:
        """Those that report on its customers."""
        return jobs_of(kind=REPORTS, subject_id=str(organization_id))

    def ids(self, organization_id: int) -> Select[int]:
        """Those of the customers."""
        return select(Customer.id).where(Customer.organization_id == organization_id).order_by(Customer.id)

    def cursor_at(self, session: Session, organization_id: int, style: str, number: int) -> Any:
        """By iteration it is a list, of which the customer is the first: the place is within the customer."""
        found = super().cursor_at(session, organization_id, style, number)
        return [found] if style == "iteration" else found

    def start(self, session: Session, organization_id: int, owner_id: int | None, **wishes: Any) -> Job:
        """Reports on the customers."""
        return start_reports(session, organization_id, owner_id, **wishes)

    def _stock(self, session: Session, organization_id: int, items: int) -> None:
        customers.add(session, organization_id, [rows.customer(SEED, number) for number in range(1, items + 1)])
        made = (rows.order(SEED, number, 1) for number in range(1, items * ORDERS_EACH + 1))
        owned = [
            replace(order, customer=rows.customer_number(1 + place // ORDERS_EACH)) for place, order in enumerate(made)
        ]
        orders.add(session, organization_id, owned)

    def _reset(self, session: Session, organization_id: int, items: int) -> None:
        reports.reset(session, organization_id)


class Sending(Stage):
    """The readers of a campaign, to whom it is sent."""

    name, items = "campaign", 5_000

    def jobs(self, session: Session, organization_id: int) -> Select[Any]:
        """Those that send its campaign."""
        campaign = self._campaign(session, organization_id)
        return jobs_of(kind=CAMPAIGN, subject_id=str(campaign.id if campaign else "-"))

    def ids(self, organization_id: int) -> Select[int]:
        """Those of the recipients."""
        query = select(Recipient.id).join(Campaign, Campaign.id == Recipient.campaign_id)
        return query.where(Campaign.organization_id == organization_id).order_by(Recipient.id)

    def start(self, session: Session, organization_id: int, owner_id: int | None, **wishes: Any) -> Job:
        """Sends the campaign."""
        campaign = self._campaign(session, organization_id)
        assert campaign is not None, "it was set up"
        return start_campaign(session, campaign, owner_id, **wishes)

    def _stock(self, session: Session, organization_id: int, items: int) -> None:
        """The campaign is made when it is reset."""

    def _reset(self, session: Session, organization_id: int, items: int) -> None:
        _clear(session, organization_id)
        sow_campaign(session, organization_id, "News of the quay", items, SEED, datetime.now(UTC))

    def _campaign(self, session: Session, organization_id: int) -> Campaign | None:
        query = select(Campaign).where(Campaign.organization_id == organization_id)
        return session.scalar(query.order_by(Campaign.id.desc()).limit(1))


STAGES: dict[str, Stage] = {stage.name: stage for stage in (Processing(), Reporting(), Sending())}


def _clear(session: Session, organization_id: int) -> None:
    """Removes what an earlier demonstration had, with all that hangs on it."""
    for model in (Order, Customer, Campaign):
        session.execute(delete(model).where(model.organization_id == organization_id))
