"""What lies in the outbox leaves: message by message, each at most once by itself, wherever the work is stopped.

Who calls it lends what it needs of the world: transactions that hold while nobody else has taken the work, a way to let
time pass, and a place to stop at. A message is marked before it is handed over and after; see decision 0010.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy.orm import Session

from . import outbox
from .errors import MailServerBusy, MailServerRefuses
from .messages import Writer
from .models import Campaign, OutboxMessage
from .outbox import Outcome
from .transports import Transport

AT_A_TIME = 50
"""Messages that are looked for at a time; to a way out on which repeating one does no harm, so many are handed over
between two stops.
"""
MOST_TRIES = 5
"""So often a message is put off by the mail server; then it has bounced."""
Outcomes = list[tuple[OutboxMessage, Outcome]]


class Surroundings(Protocol):
    """The work that the delivery is a part of: a job, seen from here."""

    def aside(self) -> AbstractContextManager[Session]:
        """A transaction that commits only while the work is still in these hands."""

    def report(self, message: str | None = None) -> None:
        """A place to stop at."""

    def wait(self, seconds: float) -> None:
        """Lets so much time pass, and stops at once when asked to."""

    def record_failure(self, item: object, reason: object) -> None:
        """Notes that an item failed."""


@dataclass(frozen=True)
class Pace:
    """How fast messages may leave: `gap` seconds lie between two, `delay` seconds are waited before each."""

    gap: float = 0.0
    delay: float = 0.0

    @property
    def is_free(self) -> bool:
        """Whether nothing is to be waited for."""
        return not self.gap and not self.delay


class Delivery:
    """The delivery of one campaign by one attempt at it. `now` is the clock, in seconds since the epoch."""

    def __init__(
        self, campaign: Campaign, transport: Transport, writer: Writer, work: Surroundings, pace: Pace,
        reading: Callable[[], AbstractContextManager[Session]], now: Callable[[], float],
    ):  # fmt: skip
        self._campaign, self._transport, self._writer, self._work = campaign, transport, writer, work
        self._pace, self._reading, self._now = pace, reading, now
        self._size = AT_A_TIME if transport.repeatable and pace.is_free else 1
        self._last_id, self._last_at = 0, 0.0

    def take_over(self) -> None:
        """At the beginning of an attempt: sees to what another had in hand, and delivers all that waits."""
        with self._work.aside() as session:
            for email in outbox.recover(session, self._campaign.id, self._transport.repeatable):
                self._work.record_failure(email, outbox.UNKNOWN)
            last = outbox.last_try(session, self._campaign.id)
        self._last_at = last.timestamp() if last else 0.0
        self.deliver()

    def deliver(self) -> None:
        """Delivers all that waits, but for what the mail server put off before in this attempt.

        Raises MailServerBusy or MailServerRefuses; nothing is lost then.
        """
        while message_ids := self._next():
            for start in range(0, len(message_ids), self._size):
                self._wait_for_its_turn()
                self._hand_over(message_ids[start : start + self._size])
                self._work.report()
            self._last_id = message_ids[-1]

    def finish(self) -> None:
        """At the end: raises MailServerBusy if messages were put off."""
        with self._reading() as session:
            left = outbox.count_waiting(session, self._campaign.id)
        if left:
            raise MailServerBusy(reason=f"it put {left:,} {'message' if left == 1 else 'messages'} off")

    def _next(self) -> list[int]:
        with self._reading() as session:
            return outbox.waiting(session, self._campaign.id, self._last_id, AT_A_TIME)

    def _wait_for_its_turn(self) -> None:
        """At most so many a minute leave, also over interruptions: for when the last one left is in the outbox."""
        left = self._last_at + self._pace.gap - self._now()
        self._work.wait(max(self._pace.delay, min(left, self._pace.gap)))

    def _hand_over(self, message_ids: Sequence[int]) -> None:
        self._last_at = self._now()
        with self._work.aside() as session:
            messages = outbox.take(session, self._campaign.organization_id, message_ids, self._moment())
        outcomes: Outcomes = []
        try:
            for message in messages:
                outcomes.append((message, self._outcome_of(message)))
        except (MailServerBusy, MailServerRefuses):
            self._settle(outcomes, left=messages[len(outcomes) :])
            raise
        self._settle(outcomes)

    def _outcome_of(self, message: OutboxMessage) -> Outcome:
        outcome = self._transport.hand_over(self._writer.letter(message))
        if outcome.state == "pending" and message.attempts + 1 >= MOST_TRIES:
            return Outcome("bounced", f"Put off {MOST_TRIES} times: {outcome.reason}")
        return outcome

    def _settle(self, outcomes: Outcomes, left: Sequence[OutboxMessage] = ()) -> None:
        with self._work.aside() as session:
            outbox.settle(session, outcomes, self._moment())
            outbox.put_back(session, left)
            for message, outcome in outcomes:
                if outcome.state in {"bounced", "uncertain"}:
                    self._work.record_failure(message.recipient.email, outcome.reason)

    def _moment(self) -> datetime:
        return datetime.fromtimestamp(self._now(), UTC)
