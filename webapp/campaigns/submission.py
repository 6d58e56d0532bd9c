"""What pages and commands have in common: a campaign is made with its list, added to, sent, and sent again."""

from datetime import UTC, datetime

from sqlalchemy.orm import Session

from webapp.commerce import customers
from webapp.commerce.models import Customer
from webapp.db import writing
from webapp.jobs import Job

from . import outbox, recipients, service
from .addresses import Entry, entries_of
from .jobs import Style, start_campaign
from .models import Campaign
from .recipients import Added
from .service import Draft


def make(organization_id: int, created_by: int | None, draft: Draft, pasted: str = "") -> tuple[Campaign, Added]:
    """Makes a campaign with the recipients of a pasted list. Raises CampaignProblem; nothing is stored then."""
    entries: list[Entry] = entries_of(pasted) if pasted.strip() else []
    fields = recipients.fields_with([], entries)
    with writing() as session:
        campaign = service.create(session, organization_id, created_by, draft, fields, datetime.now(UTC))
        return campaign, recipients.add(session, campaign, entries)


def add(campaign: Campaign, pasted: str) -> Added:
    """Adds the recipients of a pasted list. Raises CampaignProblem."""
    entries = entries_of(pasted)
    with writing() as session:
        return recipients.add(session, _fresh(session, campaign), entries)


def add_customers(campaign: Campaign) -> Added:
    """Adds all customers of the organization who have an address, with their number and country as fields."""
    with writing() as session:
        fresh = _fresh(session, campaign)
        found = session.scalars(customers.listed(campaign.organization_id))
        return recipients.add(session, fresh, [_entry(customer) for customer in found if customer.email])


def change(campaign: Campaign, draft: Draft) -> None:
    """Changes what a draft says. Raises CampaignProblem."""
    with writing() as session:
        service.change(session, _fresh(session, campaign), draft)


def send(
    campaign: Campaign, owner_id: int, *, style: Style = "iteration", delay: float = 0.0, key: str | None = None
) -> Job:
    """Starts the job that sends the campaign. Raises what `start_campaign` raises."""
    with writing() as session:
        fresh = _fresh(session, campaign)
        return start_campaign(session, fresh, owner_id, style=style, delay=delay, submission_key=key)


def send_uncertain(campaign: Campaign, owner_id: int, recipient_id: int | None = None) -> Job:
    """Sends the uncertain messages again, or that of one recipient: only a person may decide that.

    Raises NotUncertain, and what `start_campaign` raises.
    """
    with writing() as session:
        fresh = _fresh(session, campaign)
        outbox.resend(session, fresh.id, recipient_id)
        return start_campaign(session, fresh, owner_id)


def added_words(added: Added) -> str:
    """What came of a list, in a sentence."""
    said = [f"{added.new:,} {'recipient' if added.new == 1 else 'recipients'} added."]
    said += [f"{added.known:,} {'was' if added.known == 1 else 'were'} on the list already."] if added.known else []
    said += [f"{added.unusable:,} of the new addresses cannot be used."] if added.unusable else []
    return " ".join(said)


def _entry(customer: Customer) -> Entry:
    fields = {"number": customer.number, "country": customer.country or ""}
    return Entry((customer.email or "").strip().lower(), customer.name, {k: v for k, v in fields.items() if v})


def _fresh(session: Session, campaign: Campaign) -> Campaign:
    """The campaign in this transaction. Raises CampaignGone."""
    return service.get(session, campaign.id)
