"""A campaign whose workers are killed and stopped, by real signals and over a real mail server that counts."""

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.campaigns.mailbox import Mailbox, mail_server
from tests.installation import wait_for

from .conftest import StartHarbour
from .harbour import Harbour, worker_of

pytestmark = pytest.mark.live
RECIPIENTS, KILLS, STOPS = 1_000, 3, 2


@pytest.fixture
def mailbox() -> Mailbox:
    """What the mail server gets."""
    return Mailbox()


@pytest.fixture
def harbour(start_harbour: StartHarbour, mailbox: Mailbox) -> Iterator[Harbour]:
    """A running installation that hands its mail over to that server."""
    with mail_server(mailbox) as port:
        yield start_harbour(LEASE_SECONDS="3", SMTP_URL=f"smtp://127.0.0.1:{port}")


def start_campaign(harbour: Harbour, folder: Path, style: str) -> str:
    """The id of the job that sends a campaign to many."""
    (folder / "body.txt").write_text("Dear {first_name|friend}")
    (folder / "list.txt").write_text("\n".join(f"reader{number}@example.org" for number in range(RECIPIENTS)))
    texts = ("--subject", "News", "--body", str(folder / "body.txt"), "--recipients", str(folder / "list.txt"))
    harbour.json("campaigns", "create", "Crane", *texts)
    return str(harbour.json("campaigns", "send", "Crane", "--style", style)["job_id"])


def underway(harbour: Harbour, mailbox: Mailbox, job_id: str, beyond: int) -> None:
    """Waits until a worker has the job in hand and more than so many messages have arrived."""
    wait_for("messages", lambda: mailbox.to.total() > beyond and harbour.books.job(job_id)["state"] == "running", 60)


@pytest.mark.parametrize("style", ["iteration", "steps"])
def test_nobody_gets_two_and_a_killed_worker_leaves_one_message_in_doubt_at_most(
    harbour: Harbour, mailbox: Mailbox, tmp_path: Path, style: str
) -> None:
    job_id, beyond = start_campaign(harbour, tmp_path, style), 100
    for _ in range(KILLS):
        underway(harbour, mailbox, job_id, beyond)
        worker_of(harbour.books.job(job_id)).kill()
        beyond = mailbox.to.total() + random.randint(60, 150)
    for _ in range(STOPS):
        underway(harbour, mailbox, job_id, beyond)
        assert harbour.stop() == 0
        beyond = mailbox.to.total() + random.randint(60, 150)
        harbour.start()
    job = harbour.ended(job_id, 120)
    recipients = harbour.json("campaigns", "show", "Crane")["recipients"]
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert job["interruptions"] == KILLS + STOPS
    assert len(mailbox.to) == mailbox.to.total(), "somebody got two"
    assert recipients["sent"] + recipients["uncertain"] == RECIPIENTS
    assert recipients["uncertain"] <= KILLS, "a worker that is stopped leaves none in doubt"
    assert recipients["sent"] <= len(mailbox.to)
