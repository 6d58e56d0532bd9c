"""A campaign is sent as a job, in both styles: as an iteration, and in steps. Shells around the services."""

from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from datetime import UTC, datetime
from typing import Any, Literal

from flask import current_app
from sqlalchemy.orm import Session

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import Attempt, Job, Limit, Retry, Step, clock, job, rows, submitted

from . import outbox, recipients, service
from .delivery import Delivery, Pace, Surroundings
from .errors import CampaignGone, MailServerBusy, MailServerRefuses
from .messages import Writer
from .models import Campaign, Recipient
from .transports import transport_for
from .unsubscribing import Links, Reader

KIND = "campaign"
BATCH = 50
"""Recipients in one transaction."""
BATCH_SECONDS = 10
"""Where messages leave slowly, a batch is what leaves in so many seconds: so the progress moves, and a stop is soon."""
Style = Literal["iteration", "steps"]


def patiently(failures: int) -> float:
    """Seconds to wait for a busy mail server: half a minute, twice as long each time, at most half an hour."""
    return min(30.0 * 2 ** (failures - 1), 1800.0)


OPTIONS: dict[str, Any] = {
    "queue": "campaigns",
    "retry": [
        Retry(MailServerRefuses, attempts=1),
        Retry(MailServerBusy, wait=patiently, attempts=12),
        Retry(Exception),
    ],
    "discard": [CampaignGone],
    "limit": Limit("campaign:{campaign_id}", on_conflict="refuse"),
    "unit": "messages",
}


@job("campaigns.send", **OPTIONS)
def send(job: Attempt, *, campaign_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """Sends a campaign to its recipients up to an id, as an iteration."""
    with begun(job, campaign_id, seconds_each) as (campaign, delivery):
        delivery.take_over()
        pending = rows(recipients.pending(campaign_id, up_to), by=Recipient.id, reading=reading)
        for found in job.iterate(pending, size=_size(campaign)):
            _put(job, campaign, found, job.batch(message="Sending"))
            delivery.deliver()
        delivery.finish()
    with job.aside() as session:
        service.end(session, campaign_id)
    return _result(campaign_id)


@job("campaigns.send_in_steps", **OPTIONS)
def send_in_steps(job: Attempt, *, campaign_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """The same in steps, with a cursor that is moved by hand."""

    @job.step("load")
    def load(step: Step) -> None:
        with reading() as session:
            total = service.counts(session, campaign_id)["pending"]
        with step.batch(total=total, message="Sending"):
            pass

    @job.step("process")
    def process(step: Step) -> None:
        with begun(job, campaign_id, seconds_each) as (campaign, delivery):
            delivery.take_over()
            while found := _next(campaign, up_to, step.cursor or 0):
                done = job.processed + len(found)
                _put(job, campaign, found, step.batch(found[-1].id, processed=done))
                delivery.deliver()
            delivery.finish()

    @job.step("summarize")
    def summarize(step: Step) -> None:
        with step.batch() as session:
            service.end(session, campaign_id)

    return _result(campaign_id)


HANDLERS = {"iteration": send, "steps": send_in_steps}


def start_campaign(
    session: Session, campaign: Campaign, owner_id: int | None, *, style: Style = "iteration", delay: float = 0.0,
    interrupt_when: dict[str, Any] | None = None, submission_key: str | None = None,
) -> Job:  # fmt: skip
    """Enqueues the job that sends the campaign to all who are pending now. `delay` is seconds a message.

    Raises NothingToSend, TooManyActiveJobs, or ConcurrencyConflict while another job sends it.
    """
    if owner_id is not None and submission_key and (known := submitted(session, owner_id, submission_key)):
        return known
    count, up_to = service.begin(session, campaign)
    return kernel.enqueue(
        session,
        HANDLERS[style],
        owner=owner_id,
        subject=(KIND, campaign.id),
        title=f"Send {campaign.name}",
        submission_key=submission_key,
        total=count or None,
        interrupt_when=interrupt_when,
        campaign_id=campaign.id,
        up_to=up_to,
        seconds_each=delay,
    )


def links() -> Links:
    """The links of the current application."""
    return Links(current_app.config["SECRET_KEY"])


@contextmanager
def begun(work: Surroundings, campaign_id: int, seconds_each: float) -> Iterator[tuple[Campaign, Delivery]]:
    """The campaign and its delivery, for one attempt or other work. Raises CampaignGone."""
    with reading() as session:
        campaign = service.get(session, campaign_id)
    settings = current_app.config
    with closing(transport_for(settings["SMTP_URL"], settings["INSTANCE_DIR"] / "outbox")) as transport:
        writer = Writer(settings["MAIL_FROM"], lambda email: _link_for(campaign, email))
        pace = Pace(60 / campaign.per_minute if campaign.per_minute else 0.0, seconds_each)
        yield campaign, Delivery(campaign, transport, writer, work, pace, reading, clock.now)


def _put(job: Attempt, campaign: Campaign, found: Sequence[Recipient], batch: AbstractContextManager[Session]) -> None:
    """Lays the messages of a batch into the outbox, in the batch's transaction; they are written before it begins."""
    prepared = outbox.prepare(campaign, found)
    with batch as session:
        for failed in outbox.put(session, campaign, prepared, job.id, datetime.fromtimestamp(clock.now(), UTC)):
            job.record_failure(failed.email or f"recipient {failed.recipient_id}", failed.problem)


def _next(campaign: Campaign, up_to: int, last: int) -> list[Recipient]:
    with reading() as session:
        return recipients.after(session, campaign.id, up_to, last, _size(campaign))


def _size(campaign: Campaign) -> int:
    if campaign.per_minute is None:
        return BATCH
    return max(1, min(BATCH, campaign.per_minute * BATCH_SECONDS // 60))


def _link_for(campaign: Campaign, email: str) -> str:
    """Where a reader unsubscribes. A worker knows of no request, so the host is that of the settings."""
    settings = current_app.config
    token = links().token_for(Reader(campaign.organization_id, email))
    path = current_app.url_map.bind("").build("unsubscribing.page", {"token": token})
    here = f"{'https' if settings['HTTPS'] else 'http'}://{settings['HOST']}:{settings['PORT']}"
    return f"{settings['PUBLIC_URL'] or here}{path}"


def _result(campaign_id: int) -> dict[str, Any]:
    with reading() as session:
        counts = service.counts(session, campaign_id)
    return {"outcome": service.outcome(counts), "campaign_id": campaign_id, **counts}
