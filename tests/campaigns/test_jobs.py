"""The jobs, in both styles: one message a recipient, wherever they are stopped (REQUIREMENTS D3–D6, D11)."""

import itertools

import pytest
from sqlalchemy import select

from webapp.campaigns import jobs
from webapp.campaigns.errors import NothingToSend
from webapp.commerce.audit import Reckoning, reckon
from webapp.commerce.models import WorkAudit
from webapp.config import POOLS
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import ConcurrencyConflict, State, clock, failed_items_of
from webapp.jobs.testing import Fault, prove, run_to_end

from .conftest import addresses

STYLES = pytest.mark.parametrize("style", ["iteration", "steps"])
LIST = f"{addresses(4)}\nno address\nMia Quay <mia@example.org>"
numbers = itertools.count(1)


@pytest.fixture
def small_batches(monkeypatch):
    """Three recipients in a transaction: two batches of a small campaign."""
    monkeypatch.setattr(jobs, "BATCH", 3)


@pytest.fixture
def enqueue(post, style):
    """Enqueues the sending of a new campaign."""

    def enqueue():
        return post.send(post.campaign(LIST, name=f"Crane {next(numbers)}"), style=style)

    return enqueue


def test_a_campaign_keeps_no_worker_from_other_jobs():
    queues = {handler.queue for handler in jobs.HANDLERS.values()}
    assert [pool.queues for pool in POOLS if queues & set(pool.queues)] == [("campaigns",)]


def left_behind(post):
    """All that the job of a campaign leaves: recipients, messages, failed items, and the files of its readers."""

    def left_behind(job):
        with reading() as session:
            campaign = jobs.service.get(session, int(job.subject_id))
            failed = [(item.item, item.reason) for item in session.scalars(failed_items_of(job.id))]
            times = [line.times for line in session.scalars(select(WorkAudit).where(WorkAudit.run == job.id))]
        messages = post.outbox(campaign)
        found = [(message.recipient.email, message.state, message.subject) for message in messages]
        files = [post.file(message)["To"] for message in messages]
        return campaign.status, post.recipients(campaign), found, failed, times, files

    return left_behind


@STYLES
def test_each_recipient_has_one_message_wherever_the_job_is_stopped(post, enqueue, small_batches):
    plain = prove(kernel, enqueue, left_behind(post))
    status, recipients, messages, failed, times, files = left_behind(post)(plain.job)
    assert (plain.job.state, plain.job.processed, plain.job.total, status) == (State.COMPLETED, 6, 6, "sent")
    assert plain.job.outcome == "5 of 6 messages sent. 1 without a usable address."
    assert [email for email, (state, _) in recipients.items() if state != "sent"] == ["no address"]
    assert (len(messages), len(files), times) == (5, 5, [1] * 6)
    assert failed == [("no address", "The address has a space or a control character in it.")]


@STYLES
def test_five_interruptions_in_a_row_repeat_and_miss_nothing(post, style, small_batches):
    course = run_to_end(kernel, post.send(post.campaign(addresses(12)), style=style).id, Fault.INTERRUPTED)
    assert course.job.interruptions >= 5
    with reading() as session:
        assert reckon(session, course.job.id, 12) == Reckoning(done=12, duplicates=0, missed=0)
    assert len(post.files()) == 12


@STYLES
def test_a_campaign_that_is_interrupted_in_a_batch_goes_on_exactly_behind_it(post, style):
    campaign = post.campaign(addresses(400))
    job = post.send(campaign, style=style)
    kernel.interrupt(job.id, after_items=300)
    kernel.run(job.id)
    stopped = post.find(job)
    assert (stopped.state, stopped.processed, stopped.interruptions) == (State.QUEUED, 300, 1)
    assert len(post.files()) == 250, "what the last batch laid into the outbox leaves with the next attempt"
    kernel.run(job.id)
    done = post.find(job)
    assert (done.state, done.processed, done.outcome) == (State.COMPLETED, 400, "400 of 400 messages sent.")
    assert len({file["To"] for file in post.files()}) == len(post.files()) == 400


@STYLES
def test_a_cancelled_campaign_stops_between_two_messages_and_its_rest_can_be_sent_later(post, style):
    campaign = post.campaign(addresses(60))
    job = post.send(campaign, style=style, delay=0.5)
    with clock.held(clock.now()):
        kernel.interrupt(job.id, after_seconds=8)
        kernel.run(job.id)
        sent = len(post.files())
        kernel.cancel(job.id)
    assert 10 <= sent <= 20
    assert post.find(job).state == State.CANCELLED
    assert post.counts(campaign) == {"pending": 10, "queued": 50 - sent, "sent": sent}
    assert post.sent(campaign, style=style).outcome == "60 of 60 messages sent."
    assert len({file["To"] for file in post.files()}) == len(post.files()) == 60


@STYLES
def test_a_pace_is_kept_also_over_interruptions(post, style):
    campaign = post.campaign(addresses(30), pace=12)
    job = post.send(campaign, style=style)
    with clock.held(clock.now()) as forward:
        for _ in range(4):
            kernel.interrupt(job.id, after_seconds=20)
            kernel.run(job.id)
            forward(1)
        kernel.run(job.id)
    assert post.find(job).state == State.COMPLETED
    times = sorted(message.sent_at.timestamp() for message in post.outbox(campaign))
    assert min(later - earlier for earlier, later in itertools.pairwise(times)) == pytest.approx(5, abs=0.01)


@STYLES
def test_one_campaign_is_not_sent_by_two_jobs_at_a_time(post, style):
    campaign = post.campaign(addresses(3))
    first = post.send(campaign, style=style)
    with pytest.raises(ConcurrencyConflict, match=f"“Send Crane” \\(job {first.id}\\) is at it already"):
        post.send(campaign, style="steps" if style == "iteration" else "iteration")
    other = post.send(post.campaign(addresses(3), name="Tug"), style=style)
    for job in (first, other):
        kernel.run(job.id)
    assert len(post.files()) == 6


def test_a_form_that_is_sent_twice_makes_one_job(post):
    campaign = post.campaign(addresses(3))
    assert len({post.send(campaign, key="one form").id for _ in range(3)}) == 1


def test_who_is_added_afterwards_gets_the_message_with_the_next_job_and_nobody_else(post):
    campaign = post.campaign(addresses(3))
    post.sent(campaign)
    with pytest.raises(NothingToSend):
        post.send(campaign)
    post.add(campaign, addresses(5))
    assert post.sent(campaign).processed == 2
    assert len({file["To"] for file in post.files()}) == len(post.files()) == 5


def test_messages_are_personal_and_whole(post):
    campaign = post.campaign("Zoë Čapek <zoe@example.org>\nmax@example.org", body="Dear {first_name|friend},\n.\nÄh.")
    post.sent(campaign)
    zoe, max_ = sorted(post.files(), key=lambda file: file["To"])
    assert (zoe["To"], zoe["Subject"]) == ("Zoë Čapek <zoe@example.org>", "News for Zoë")
    assert (max_["To"], max_["Subject"]) == ("max@example.org", "News for you")
    lines = zoe.get_content().splitlines()
    assert lines[:5] == ["Dear Zoë,", ".", "Äh.", "", "-- "]
    assert lines[5].startswith("To get no more of these messages: http://127.0.0.1:8000/unsubscribe/")
    assert zoe["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert zoe["List-Unsubscribe"].strip("<>") in zoe.get_content()
    assert zoe["From"] == "Longshore <longshore@localhost>"
    assert zoe["Date"] is not None
    assert zoe["Message-ID"] != max_["Message-ID"]


def test_nothing_that_a_recipient_is_called_becomes_a_header(post):
    table = "email\tname\tcity\nmia@example.org\tMia\x0b\x85Bcc: all@example.org\tKiel"
    campaign = post.campaign(table, subject="{name} of {city}")
    post.sent(campaign)
    (file,) = post.files()
    assert file["Bcc"] is None
    assert file["Subject"] == "Mia Bcc: all@example.org of Kiel"


def test_the_outbox_is_for_its_owners_eyes_only(post):
    post.sent(post.campaign(addresses(1)))
    assert post.folder.stat().st_mode & 0o077 == 0


def test_a_folder_that_takes_no_files_costs_a_retry_and_loses_nothing(post):
    campaign = post.campaign(addresses(3))
    post.folder.rmdir()
    post.folder.write_text("no folder")
    job = post.sent(campaign)
    assert (job.state, post.counts(campaign)) == (State.SCHEDULED, {"queued": 3})
    assert "outbox: File exists" in job.error_message
    post.folder.unlink()
    assert run_to_end(kernel, job.id).job.outcome == "3 of 3 messages sent."
    assert len(post.files()) == 3
