"""Campaigns of the Harbour Office, and what its readers get of them."""

from collections.abc import Iterator
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

import pytest
from flask import Flask

from tests.conftest import Cast, MakeApp
from webapp.campaigns import outbox, service, submission
from webapp.campaigns.models import Campaign, OutboxMessage, Recipient
from webapp.campaigns.recipients import Added
from webapp.campaigns.service import Draft
from webapp.campaigns.unsubscribing import Reader, unsubscribe
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.jobs import Job

from .mailbox import Mailbox, mail_server

SUBJECT, BODY = "News for {first_name|you}", "Dear {first_name|friend},\n\nthe crane is back.\n"


def addresses(count: int) -> str:
    """A list of so many recipients, with names."""
    return "\n".join(f"Reader {number} <reader{number}@example.org>" for number in range(1, count + 1))


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server gets."""
    return Mailbox()


@pytest.fixture
def app_by_mail(make_app: MakeApp, mailbox: Mailbox) -> Iterator[Flask]:
    """An application whose campaigns go to a mail server."""
    with mail_server(mailbox) as port:
        yield make_app({"SMTP_URL": f"smtp://127.0.0.1:{port}", "MAIL_FROM": "Harbour Office <office@example.org>"})


class Post:
    """What a test does with the campaigns of an application."""

    def __init__(self, app: Flask, cast: Cast):
        self.app, self._ada = app, cast.ada
        self.folder: Path = app.config["INSTANCE_DIR"] / "outbox"

    def campaign(
        self, recipients: str, name: str = "Crane", subject: str = SUBJECT, body: str = BODY, pace: int | None = None
    ) -> Campaign:
        """A campaign to a pasted list."""
        draft = Draft(name, subject, body, pace)
        return submission.make(self._ada.organization_id, self._ada.id, draft, recipients)[0]

    def add(self, campaign: Campaign, recipients: str) -> Added:
        """More recipients, from a pasted list."""
        return submission.add(campaign, recipients)

    def send(self, campaign: Campaign, **wishes: object) -> Job:
        """The job that sends it, not yet run."""
        return submission.send(campaign, self._ada.id, **wishes)  # type: ignore[arg-type]

    def sent(self, campaign: Campaign, **wishes: object) -> Job:
        """The job that sent it: run once."""
        job = self.send(campaign, **wishes)
        kernel.run(job.id)
        return self.find(job)

    def send_uncertain(self, campaign: Campaign) -> Job:
        """The job that sends again what nobody can tell of, not yet run."""
        return submission.send_uncertain(campaign, self._ada.id)

    def be_in_doubt(self, campaign: Campaign, email: str) -> None:
        """Sends the campaign so that nobody can tell whether one recipient got it, as after the loss of a worker."""
        self.sent(campaign)
        with writing() as session:
            message = next(each for each in self.outbox(campaign) if each.recipient.email == email)
            session.merge(message).state = "sending"
            session.flush()
            outbox.recover(session, campaign.id, repeatable=False)

    def run_all(self) -> int:
        """Runs all jobs that wait; answers how many there were."""
        return sum(1 for _ in iter(lambda: kernel.run_next("campaigns"), False))

    def unsubscribe(self, email: str) -> None:
        """A reader wants no more."""
        with self.app.app_context(), writing() as session:
            unsubscribe(session, Reader(self._ada.organization_id, email), datetime.now(UTC))

    def find(self, job: Job) -> Job:
        """The job as it is now."""
        found = kernel.find(job.id)
        assert found is not None
        return found

    def counts(self, campaign: Campaign) -> dict[str, int]:
        """How many recipients are what, without the zeros."""
        with reading() as session:
            return {status: count for status, count in service.counts(session, campaign.id).items() if count}

    def recipients(self, campaign: Campaign) -> dict[str, tuple[str, str | None]]:
        """What became of each, by address."""
        with reading() as session:
            found = session.query(Recipient).filter_by(campaign_id=campaign.id).order_by(Recipient.id)
            return {recipient.email: (recipient.status, recipient.reason) for recipient in found}

    def outbox(self, campaign: Campaign) -> list[OutboxMessage]:
        """The messages in the outbox."""
        with reading() as session:
            return session.query(OutboxMessage).filter_by(campaign_id=campaign.id).order_by(OutboxMessage.id).all()

    def files(self) -> list[EmailMessage]:
        """The messages in the folder, whoever they are to."""
        paths = sorted(self.folder.glob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [_read(path) for path in paths]

    def file(self, message: OutboxMessage) -> EmailMessage:
        """The file of one of them."""
        return _read(self.folder / f"{message.key}.eml")


def _read(path: Path) -> EmailMessage:
    return message_from_bytes(path.read_bytes(), policy=policy.default)  # type: ignore[return-value]


@pytest.fixture
def post(app: Flask, cast: Cast) -> Iterator[Post]:
    """The post office of an application without a mail server: its messages become files."""
    with app.app_context():
        yield Post(app, cast)


@pytest.fixture
def mail(app_by_mail: Flask, cast: Cast) -> Iterator[Post]:
    """The post office of an application with a mail server."""
    with app_by_mail.app_context():
        yield Post(app_by_mail, cast)
