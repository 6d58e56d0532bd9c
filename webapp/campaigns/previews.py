"""How a campaign reads: for the first of its recipients, or, while it has none, for the one who writes it."""

from flask_login import current_user

from webapp.db import db

from . import outbox, recipients
from .addresses import Entry, entries_of
from .models import Campaign, Recipient
from .service import Draft, known_fields

Preview = dict[str, str]


def of_new(draft: Draft, pasted: str) -> Preview:
    """A campaign that is being written, for the first of a pasted list. Raises CampaignProblem."""
    entries = entries_of(pasted) if pasted.strip() else [_reader()]
    return _preview(draft, recipients.fields_with([], entries), entries[0])


def of_campaign(campaign: Campaign, draft: Draft | None = None) -> Preview:
    """A campaign, or what it would be by this draft, for its first recipient. Raises CampaignProblem."""
    said = draft or Draft(campaign.name, campaign.subject, campaign.body)
    return _preview(said, campaign.fields, recipients.example(db.session, campaign.id) or _reader())


def _preview(draft: Draft, fields: list[str], reader: Recipient | Entry) -> Preview:
    draft.check(known_fields(fields))
    known = Recipient(id=0, email=reader.email, name=reader.name, fields=dict(reader.fields))
    (prepared,) = outbox.prepare(Campaign(subject=draft.subject, body=draft.body), [known])
    return {"email": reader.email, "name": reader.name, "subject": prepared.subject, "body": prepared.body}


def _reader() -> Entry:
    return Entry(current_user.email, current_user.name)
