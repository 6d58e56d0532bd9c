"""Campaigns: what is written to whom, the outbox that it goes through, and who wants no more of it."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base

DRAFT, SENDING, SENT = "draft", "sending", "sent"
"""What a campaign can be: still to be changed, on its way, or through with everybody it had."""

RECIPIENT_STATUSES = ("pending", "queued", "sent", "skipped", "failed", "bounced", "uncertain")
"""What can be of a recipient: nothing yet; a message lies in the outbox; it was sent; they want none; their address
cannot be one; the mail server refused them for good; nobody can tell whether it was sent."""


class Campaign(Base):
    """A message to many. `fields` are the names that its recipients have values for besides those that all have;
    at most `per_minute` messages leave in a minute.
    """

    __tablename__ = "campaigns"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(200))
    body: Mapped[str] = mapped_column(Text)
    fields: Mapped[list[Any]] = mapped_column(JSON, default=list)
    status: Mapped[str] = mapped_column(String(10), default=DRAFT)
    per_minute: Mapped[int | None]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]


class Recipient(Base):
    """Somebody a campaign goes to. `email` is in small letters, and perhaps none; `fields` are values by name."""

    __tablename__ = "recipients"
    __table_args__ = (
        UniqueConstraint("campaign_id", "email"),
        Index("recipients_by_status", "campaign_id", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    email: Mapped[str] = mapped_column(String(320))
    name: Mapped[str] = mapped_column(String(200))
    fields: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    status: Mapped[str] = mapped_column(String(10), default="pending")
    reason: Mapped[str | None] = mapped_column(String(500))


class OutboxMessage(Base):
    """The one message of a recipient, as it is to leave. `key` is its own name outside: in its Message-ID, and as a
    file. `state` is one of pending, sending, sent, skipped, bounced, uncertain.
    """

    __tablename__ = "outbox_messages"
    __table_args__ = (Index("outbox_messages_by_state", "campaign_id", "state", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    campaign_id: Mapped[int] = mapped_column(ForeignKey("campaigns.id", ondelete="CASCADE"))
    recipient_id: Mapped[int] = mapped_column(ForeignKey("recipients.id", ondelete="CASCADE"), unique=True)
    key: Mapped[str] = mapped_column(String(32), unique=True)
    subject: Mapped[str] = mapped_column(Text)
    body: Mapped[str] = mapped_column(Text)
    state: Mapped[str] = mapped_column(String(10), default="pending")
    attempts: Mapped[int] = mapped_column(default=0)
    reason: Mapped[str | None] = mapped_column(String(500))
    created_at: Mapped[datetime]
    tried_at: Mapped[datetime | None]
    sent_at: Mapped[datetime | None]
    recipient: Mapped[Recipient] = relationship(lazy="joined", innerjoin=True)


class Unsubscribe(Base):
    """An address that wants no messages of an organization any more."""

    __tablename__ = "unsubscribes"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    email: Mapped[str] = mapped_column(String(320), primary_key=True)
    at: Mapped[datetime]
