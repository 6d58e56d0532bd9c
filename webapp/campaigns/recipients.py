"""The recipients of a campaign: taken in, found, personal values."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, insert, or_, select
from sqlalchemy.orm import Session

from webapp.sheets.conversion.mail_addresses import problem_of

from .addresses import Entry
from .models import SENDING, SENT, Campaign, Recipient

AT_A_TIME = 500
"""Addresses that one query looks for."""


@dataclass(frozen=True)
class Added:
    """What came of a list: so many are new, were on the list already, and among the new, can be no address."""

    new: int
    known: int
    unusable: int

    def __add__(self, other: "Added") -> "Added":
        return Added(self.new + other.new, self.known + other.known, self.unusable + other.unusable)


def add(session: Session, campaign: Campaign, entries: Sequence[Entry]) -> Added:
    """Puts the entries on the campaign's list. An address that is there already stays as it is."""
    first = {entry.email: entry for entry in reversed(entries)}
    known = _known(session, campaign.id, list(first))
    new = [first[email] for email in dict.fromkeys(entry.email for entry in entries) if email not in known]
    rows = [
        {
            "campaign_id": campaign.id, "email": entry.email, "name": entry.name, "fields": dict(entry.fields),
            "status": "pending",
        }
        for entry in new
    ]  # fmt: skip
    if rows:
        session.execute(insert(Recipient), rows)
        campaign.fields = fields_with(campaign.fields, new)
        campaign.status = SENDING if campaign.status == SENT else campaign.status
    unusable = sum(problem_of(entry.email) is not None for entry in new)
    return Added(len(new), len(entries) - len(new), unusable)


def fields_with(known: Sequence[str], entries: Sequence[Entry]) -> list[str]:
    """These fields, and those that the entries have besides."""
    return list(dict.fromkeys([*known, *(name for entry in entries for name in entry.fields)]))


def values_of(recipient: Recipient | Entry) -> dict[str, str]:
    """What the fields of a text become for this recipient. Own fields come before those that are made of the name."""
    words = recipient.name.split()
    made = {"first_name": words[0] if words else "", "last_name": words[-1] if len(words) > 1 else ""}
    return made | {"name": recipient.name, "email": recipient.email} | dict(recipient.fields)


def pending(campaign_id: int, up_to: int) -> Select[Any]:
    """The recipients up to this id that nothing was done for yet: a query to go through."""
    query = select(Recipient).where(Recipient.campaign_id == campaign_id, Recipient.id <= up_to)
    return query.where(Recipient.status == "pending")


def after(session: Session, campaign_id: int, up_to: int, last: int, size: int) -> list[Recipient]:
    """The first `size` of them behind the id `last`, in order."""
    query = pending(campaign_id, up_to).where(Recipient.id > last).order_by(Recipient.id).limit(size)
    return list(session.scalars(query))


def listed(campaign_id: int, status: str | None = None, search: str = "") -> Select[Any]:
    """The recipients as a page lists them: of one status, if one is given, with this in address, name or reason."""
    query = select(Recipient).where(Recipient.campaign_id == campaign_id).order_by(Recipient.id)
    if status:
        query = query.where(Recipient.status == status)
    if search:
        columns = (Recipient.email, Recipient.name, Recipient.reason)
        query = query.where(or_(*(column.icontains(search, autoescape=True) for column in columns)))
    return query


def example(session: Session, campaign_id: int, place: int = 0) -> Recipient | None:
    """The recipient at this place of the list (0: the first) for whom a text can be shown, or None."""
    query = select(Recipient).where(Recipient.campaign_id == campaign_id).order_by(Recipient.id)
    return session.scalar(query.offset(place).limit(1))


def count(session: Session, campaign_id: int) -> int:
    """How many recipients are on the list."""
    return session.scalar(select(func.count()).where(Recipient.campaign_id == campaign_id)) or 0


def _known(session: Session, campaign_id: int, emails: Sequence[str]) -> set[str]:
    found: set[str] = set()
    query = select(Recipient.email).where(Recipient.campaign_id == campaign_id)
    for start in range(0, len(emails), AT_A_TIME):
        found |= set(session.scalars(query.where(Recipient.email.in_(emails[start : start + AT_A_TIME]))))
    return found
