"""The outbox: a message is laid into it in the transaction of its batch, and leaves after the commit (decision 0010).

A message is pending, then sending, then sent, bounced or uncertain. One that was put off, or that may be written again,
is pending once more; so is an uncertain one when somebody asks for that. A pending one may be skipped.
"""

import secrets
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, insert, select, update
from sqlalchemy.orm import Session

from webapp.commerce import audit
from webapp.sheets.conversion.mail_addresses import problem_of

from .errors import NotUncertain
from .models import Campaign, OutboxMessage, Recipient
from .personalization import Template, on_one_line
from .recipients import values_of
from .unsubscribing import unsubscribed

MESSAGES, RECIPIENTS = cast(Table, OutboxMessage.__table__), cast(Table, Recipient.__table__)
RECIPIENT_STATUS = {"pending": "queued"}
"""What a recipient is whose message is so, where the words differ."""
UNKNOWN = "Its worker was lost while it handed the message over."
UNSUBSCRIBED = "Unsubscribed."


@dataclass(frozen=True)
class Prepared:
    """What is to become of a recipient: a message of their own, or none because of a problem with the address."""

    recipient_id: int
    email: str
    subject: str
    body: str
    problem: str | None


@dataclass(frozen=True)
class Outcome:
    """What came of a message that was handed over: the state it has now, and why."""

    state: str
    reason: str | None = None


SENT = Outcome("sent")


def prepare(campaign: Campaign, recipients: Iterable[Recipient]) -> list[Prepared]:
    """Personal messages for these recipients. Nothing is written."""
    subject, body = Template(campaign.subject), Template(campaign.body)
    prepared = []
    for recipient in recipients:
        values = values_of(recipient)
        texts = on_one_line(subject.render(values)), body.render(values)
        prepared.append(Prepared(recipient.id, recipient.email, *texts, problem_of(recipient.email)))
    return prepared


def put(session: Session, campaign: Campaign, batch: Sequence[Prepared], run: str, at: datetime) -> list[Prepared]:
    """Lays the messages of a batch into the outbox, and notes in the audit that `run` did it; answers those that have
    a problem. Nobody who has unsubscribed gets one, and nobody two.
    """
    gone = unsubscribed(session, campaign.organization_id, [each.email for each in batch])
    failed = [each for each in batch if each.problem]
    skipped = [each for each in batch if not each.problem and each.email in gone]
    good = [each for each in batch if not each.problem and each.email not in gone]
    if good:
        session.execute(insert(MESSAGES), [_row(campaign.id, each, at) for each in good])
    _mark(session, [each.recipient_id for each in good], "queued")
    _mark(session, [each.recipient_id for each in skipped], "skipped", UNSUBSCRIBED)
    for each in failed:
        _mark(session, [each.recipient_id], "failed", each.problem)
    audit.note(session, run, [str(each.recipient_id) for each in batch])
    return failed


def recover(session: Session, campaign_id: int, repeatable: bool) -> list[str]:
    """Sees to the messages that an attempt which is gone had in hand. If they may be handed over twice without harm
    they wait again; if not, nobody can tell what came of them: answers to whom those were.
    """
    query = select(OutboxMessage).where(OutboxMessage.campaign_id == campaign_id, OutboxMessage.state == "sending")
    found = list(session.scalars(query.order_by(OutboxMessage.id)))
    outcome = Outcome("pending") if repeatable else Outcome("uncertain", UNKNOWN)
    settle(session, [(message, outcome) for message in found])
    return [] if repeatable else [message.recipient.email for message in found]


def waiting(session: Session, campaign_id: int, last: int, size: int) -> list[int]:
    """The ids of the first `size` messages behind the id `last` that wait to leave."""
    query = select(MESSAGES.c.id).where(_is_waiting(campaign_id), MESSAGES.c.id > last)
    return list(session.scalars(query.order_by(MESSAGES.c.id).limit(size)))


def count_waiting(session: Session, campaign_id: int) -> int:
    """How many messages of the campaign wait to leave."""
    return session.scalar(select(func.count()).select_from(MESSAGES).where(_is_waiting(campaign_id))) or 0


def last_try(session: Session, campaign_id: int) -> datetime | None:
    """When a message of the campaign was handed over last; None if none ever was."""
    return session.scalar(select(func.max(OutboxMessage.tried_at)).where(OutboxMessage.campaign_id == campaign_id))


def take(session: Session, organization_id: int, message_ids: Sequence[int], at: datetime) -> list[OutboxMessage]:
    """Takes those of the messages that still wait into hand, in order; those of people who have unsubscribed
    meanwhile are skipped. The messages are as they were before.
    """
    found = _messages(session, message_ids)
    gone = unsubscribed(session, organization_id, [message.recipient.email for message in found])
    skipped = [message for message in found if message.recipient.email in gone]
    settle(session, [(message, Outcome("skipped", UNSUBSCRIBED)) for message in skipped], start="pending")
    left = [message.id for message in found if message not in skipped]
    claim = update(MESSAGES).where(MESSAGES.c.id.in_(left), MESSAGES.c.state == "pending")
    changes: dict[str, Any] = {"state": "sending", "attempts": MESSAGES.c.attempts + 1, "tried_at": at}
    taken = set(session.scalars(claim.values(changes).returning(MESSAGES.c.id)))
    return [message for message in found if message.id in taken]


def settle(
    session: Session, outcomes: Sequence[tuple[OutboxMessage, Outcome]], at: datetime | None = None,
    start: str = "sending",
) -> None:  # fmt: skip
    """Writes what came of messages that were in hand, to them and to their recipients. `at` is when they left."""
    alike: dict[Outcome, list[OutboxMessage]] = defaultdict(list)
    for message, outcome in outcomes:
        alike[outcome].append(message)
    for outcome, messages in alike.items():
        these = MESSAGES.c.id.in_([message.id for message in messages])
        values = {"state": outcome.state, "reason": outcome.reason, "sent_at": at if outcome is SENT else None}
        session.execute(update(MESSAGES).where(these, MESSAGES.c.state == start).values(values))
        status = RECIPIENT_STATUS.get(outcome.state, outcome.state)
        _mark(session, [message.recipient_id for message in messages], status, outcome.reason)


def put_back(session: Session, messages: Sequence[OutboxMessage]) -> None:
    """Lets messages that were in hand, and surely did not leave, wait again, as if nobody had taken them."""
    these = MESSAGES.c.id.in_([message.id for message in messages])
    changes: dict[str, Any] = {"state": "pending", "attempts": MESSAGES.c.attempts - 1}
    session.execute(update(MESSAGES).where(these, MESSAGES.c.state == "sending").values(changes))


def resend(session: Session, campaign_id: int, recipient_id: int | None = None) -> int:
    """Lets the uncertain messages of a campaign, or of one recipient, wait again; answers how many. Only a person may
    ask for that: somebody may get the message twice. Raises NotUncertain if there are none.
    """
    query = select(OutboxMessage).where(OutboxMessage.campaign_id == campaign_id, OutboxMessage.state == "uncertain")
    if recipient_id is not None:
        query = query.where(OutboxMessage.recipient_id == recipient_id)
    found = list(session.scalars(query))
    if not found:
        raise NotUncertain
    settle(session, [(message, Outcome("pending")) for message in found], start="uncertain")
    return len(found)


def _messages(session: Session, message_ids: Sequence[int]) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(OutboxMessage.id.in_(message_ids)).order_by(OutboxMessage.id)
    return list(session.scalars(query.execution_options(populate_existing=True)))


def _is_waiting(campaign_id: int) -> ColumnElement[bool]:
    return (MESSAGES.c.campaign_id == campaign_id) & (MESSAGES.c.state == "pending")


def _row(campaign_id: int, prepared: Prepared, at: datetime) -> Mapping[str, Any]:
    return {
        "campaign_id": campaign_id, "recipient_id": prepared.recipient_id, "key": secrets.token_hex(16),
        "subject": prepared.subject, "body": prepared.body, "state": "pending", "attempts": 0, "created_at": at,
    }  # fmt: skip


def _mark(session: Session, recipient_ids: Sequence[int], status: str, reason: str | None = None) -> None:
    if recipient_ids:
        these = update(RECIPIENTS).where(RECIPIENTS.c.id.in_(recipient_ids))
        session.execute(these.values(status=status, reason=reason))
