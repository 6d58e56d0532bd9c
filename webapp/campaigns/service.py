"""Campaigns: made, changed, found, counted; when one begins to be sent and when it is through."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from .errors import (
    CampaignGone,
    CampaignNotFound,
    LineBreakInSubject,
    NameTaken,
    NotADraft,
    NothingToSend,
    TemplateProblem,
)
from .models import DRAFT, RECIPIENT_STATUSES, SENDING, SENT, Campaign, OutboxMessage, Recipient
from .personalization import Template

FIELDS = ("first_name", "last_name", "name", "email")
"""The fields that every recipient has: the first and the last word of the name, the name, the address."""


@dataclass(frozen=True)
class Draft:
    """What a person writes of a campaign."""

    name: str
    subject: str
    body: str
    per_minute: int | None = None

    def check(self, known: Collection[str]) -> None:
        """Raises LineBreakInSubject, BraceAlone, or FieldUnknown for a field that is not among the known ones; each
        says which of the texts it is about.
        """
        for field in ("subject", "body"):
            try:
                Template(getattr(self, field)).check(known)
            except TemplateProblem as problem:
                problem.field = field
                raise
        if len(self.subject.splitlines()) > 1:
            raise LineBreakInSubject


def create(
    session: Session, organization_id: int, created_by: int | None, draft: Draft, fields: Sequence[str], at: datetime
) -> Campaign:
    """Makes a campaign whose recipients are to have these fields of their own. Raises NameTaken, and what
    `Draft.check` raises.
    """
    draft.check(known_fields(fields))
    _refuse_taken(session, organization_id, draft.name)
    campaign = Campaign(
        organization_id=organization_id, created_by=created_by, created_at=at, status=DRAFT, fields=list(fields),
        **vars(draft),
    )  # fmt: skip
    session.add(campaign)
    session.flush()
    return campaign


def change(session: Session, campaign: Campaign, draft: Draft) -> None:
    """Changes what a draft says. Raises NotADraft, NameTaken, and what `Draft.check` raises."""
    if campaign.status != DRAFT:
        raise NotADraft(name=campaign.name)
    draft.check(known_fields(campaign.fields))
    if draft.name != campaign.name:
        _refuse_taken(session, campaign.organization_id, draft.name)
    for name, value in vars(draft).items():
        setattr(campaign, name, value)


def find(session: Session, organization_id: int, campaign_id: int) -> Campaign | None:
    """The organization's campaign, fresh from the database, or None."""
    query = select(Campaign).where(Campaign.id == campaign_id, Campaign.organization_id == organization_id)
    return session.scalar(query.execution_options(populate_existing=True))


def get(session: Session, campaign_id: int) -> Campaign:
    """The campaign. Raises CampaignGone."""
    campaign = session.get(Campaign, campaign_id)
    if campaign is None:
        raise CampaignGone
    return campaign


def get_by_name(session: Session, organization_id: int, name: str) -> Campaign:
    """The organization's campaign of that name. Raises CampaignNotFound."""
    query = select(Campaign).where(Campaign.name == name, Campaign.organization_id == organization_id)
    campaign = session.scalar(query)
    if campaign is None:
        raise CampaignNotFound(name=name)
    return campaign


def all_of(session: Session, organization_id: int | None = None) -> list[Campaign]:
    """The campaigns of an organization (of all, if None), the newest first."""
    query = select(Campaign).order_by(Campaign.created_at.desc(), Campaign.id.desc())
    return list(session.scalars(query if organization_id is None else query.where(_is_of(organization_id))))


def known_fields(own: Sequence[str]) -> list[str]:
    """The fields that a text may have, if the recipients have these of their own."""
    return [*FIELDS, *(name for name in own if name not in FIELDS)]


def counts_of(session: Session, campaign_ids: Collection[int]) -> dict[int, dict[str, int]]:
    """For each campaign how many of its recipients are what, every status among them."""
    counts = {campaign_id: dict.fromkeys(RECIPIENT_STATUSES, 0) for campaign_id in campaign_ids}
    query = select(Recipient.campaign_id, Recipient.status, func.count()).where(Recipient.campaign_id.in_(campaign_ids))
    for campaign_id, status, count in session.execute(query.group_by(Recipient.campaign_id, Recipient.status)):
        counts[campaign_id][status] = count
    return counts


def counts(session: Session, campaign_id: int) -> dict[str, int]:
    """How many of a campaign's recipients are what."""
    return counts_of(session, [campaign_id])[campaign_id]


def begin(session: Session, campaign: Campaign) -> tuple[int, int]:
    """The campaign is to be sent to all that are still pending: how many they are, and the highest id among them.

    Raises NothingToSend, unless something waits in its outbox.
    """
    pending = select(func.count(), func.max(Recipient.id)).where(Recipient.campaign_id == campaign.id)
    count, up_to = session.execute(pending.where(Recipient.status == "pending")).one()
    waiting = select(OutboxMessage.id).where(OutboxMessage.campaign_id == campaign.id)
    if not count and session.scalar(waiting.where(OutboxMessage.state == "pending").limit(1)) is None:
        raise NothingToSend(name=campaign.name)
    campaign.status = SENDING
    return count, up_to or 0


def end(session: Session, campaign_id: int) -> None:
    """The campaign is through, unless recipients came in meanwhile."""
    left = counts(session, campaign_id)
    status = SENDING if left["pending"] or left["queued"] else SENT
    session.execute(update(Campaign).where(Campaign.id == campaign_id).values(status=status))


def outcome(counts: Mapping[str, int]) -> str:
    """What became of the recipients, as in `480 of 500 messages sent. 12 unsubscribed, 8 bounced.`"""
    words = {
        "skipped": "unsubscribed", "failed": "without a usable address", "bounced": "bounced",
        "uncertain": "uncertain", "queued": "put off", "pending": "not yet seen to",
    }  # fmt: skip
    others = ", ".join(f"{counts[status]:,} {word}" for status, word in words.items() if counts[status])
    sent = f"{counts['sent']:,} of {sum(counts.values()):,} messages sent."
    return f"{sent} {others[0].upper()}{others[1:]}." if others else sent


def _is_of(organization_id: int) -> object:
    return Campaign.organization_id == organization_id


def _refuse_taken(session: Session, organization_id: int, name: str) -> None:
    query = select(Campaign.id).where(Campaign.organization_id == organization_id, Campaign.name == name)
    if session.scalar(query) is not None:
        raise NameTaken(name=name)
