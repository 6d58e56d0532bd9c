"""Campaigns by a real mail server, which counts: one message a recipient, over whatever happens on the way."""

import pytest

from webapp.campaigns import jobs, transports
from webapp.campaigns.transports import Smtp
from webapp.commerce.audit import Reckoning, reckon
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import State, clock, failed_items_of
from webapp.jobs.testing import Fault, run_to_end

from .conftest import Post, addresses
from .mailbox import OK, check_password, mail_server

STYLES = pytest.mark.parametrize("style", ["iteration", "steps"])

PLACES = range(1, 26, 4)
"""Of the safe points and of the write transactions of a small campaign, every fourth."""


def failed_items(job):
    with reading() as session:
        return [(item.item, item.reason) for item in session.scalars(failed_items_of(job.id))]


def test_every_recipient_gets_one_message_over_one_connection(mail, mailbox):
    job = mail.sent(mail.campaign(addresses(120)))
    assert job.outcome == "120 of 120 messages sent."
    assert len(mailbox.to) == mailbox.to.total() == 120
    assert mailbox.connections == 1
    assert {message["From"] for message in mailbox.messages} == {"Harbour Office <office@example.org>"}


@STYLES
def test_a_large_campaign_that_is_interrupted_in_its_thirtieth_batch_goes_on_with_the_next(mail, mailbox, style):
    job = mail.send(mail.campaign(addresses(1_600)), style=style)
    kernel.interrupt(job.id, after_items=1_500)
    kernel.run(job.id)
    assert (mail.find(job).processed, mailbox.to.total()) == (1_500, 1_450), "the last batch lies in the outbox"
    kernel.run(job.id)
    assert mail.find(job).outcome == "1,600 of 1,600 messages sent."
    assert len(mailbox.to) == mailbox.to.total() == 1_600
    with reading() as session:
        assert reckon(session, job.id, 1_600) == Reckoning(done=1_600, duplicates=0, missed=0)


@STYLES
@pytest.mark.parametrize("fault", [Fault.INTERRUPTED, Fault.KILLED_BEFORE, Fault.KILLED_AFTER, Fault.FROZEN])
def test_nobody_gets_two_and_nobody_is_forgotten_wherever_the_worker_is_stopped(
    mail, mailbox, style, fault, monkeypatch
):
    """A killed worker leaves at most the one message that it had in hand in doubt, and says whose that is."""
    monkeypatch.setattr(jobs, "BATCH", 3)
    for place in [0, *PLACES] if fault is Fault.INTERRUPTED else PLACES:
        campaign = mail.campaign(addresses(6), name=f"{fault} {place}")
        mailbox.to.clear()
        course = run_to_end(kernel, mail.send(campaign, style=style).id, fault, place)
        counts = mail.counts(campaign)
        assert course.job.state == State.COMPLETED
        assert mailbox.to.total() == len(mailbox.to), f"somebody got two: {fault} {place}"
        assert counts.get("sent", 0) + counts.get("uncertain", 0) == 6
        assert counts.get("uncertain", 0) <= (0 if fault is Fault.INTERRUPTED else 1)
        assert set(reached(mail, campaign)) <= set(mailbox.to) <= set(mail.recipients(campaign))


def reached(mail, campaign):
    return [email for email, (status, _) in mail.recipients(campaign).items() if status == "sent"]


def test_an_uncertain_message_is_never_sent_by_itself_and_once_when_somebody_asks(mail, mailbox, monkeypatch):
    """The server takes the message, and falls silent before it says so."""
    monkeypatch.setattr(transports, "TIMEOUT", 2)
    mailbox.at_content = lambda address: None if address == "reader2@example.org" else OK
    campaign = mail.campaign(addresses(4))
    job = mail.sent(campaign)
    assert (job.state, job.outcome) == (State.COMPLETED, "3 of 4 messages sent. 1 uncertain.")
    assert failed_items(job) == [("reader2@example.org", transports.UNANSWERED)]
    assert mailbox.to["reader2@example.org"] == 1

    mailbox.at_content = lambda address: OK
    kernel.run(mail.send_uncertain(campaign).id)
    assert mail.counts(campaign) == {"sent": 4}
    assert mailbox.to["reader2@example.org"] == 2
    assert len({m["Message-ID"] for m in mailbox.messages if m["To"].endswith("<reader2@example.org>")}) == 1


def test_a_recipient_who_is_refused_for_good_has_bounced_and_the_others_get_theirs(mail, mailbox):
    mailbox.at_recipient = lambda address: "550 No such user here" if address == "reader3@example.org" else OK
    mailbox.at_content = lambda address: "554 This looks like spam" if address == "reader5@example.org" else OK
    campaign = mail.campaign(addresses(6))
    job = mail.sent(campaign)
    assert (job.state, job.outcome) == (State.COMPLETED, "4 of 6 messages sent. 2 bounced.")
    assert job.failed_items == 2
    assert failed_items(job) == [
        ("reader3@example.org", "550 No such user here"),
        ("reader5@example.org", "554 This looks like spam"),
    ]
    assert mail.recipients(campaign)["reader3@example.org"] == ("bounced", "550 No such user here")
    assert sorted(mailbox.to) == [f"reader{number}@example.org" for number in (1, 2, 4, 6)]


def test_a_recipient_who_is_put_off_holds_nobody_else_up_and_gets_it_at_the_next_try(mail, mailbox):
    seen = []

    def greylist(address):
        if address == "reader2@example.org" and not seen:
            seen.append(address)
            return "450 Try again later"
        return OK

    mailbox.at_recipient = greylist
    campaign = mail.campaign(addresses(5))
    job = mail.sent(campaign)
    assert (job.state, mailbox.to.total()) == (State.SCHEDULED, 4)
    assert "it put 1 message off" in job.error_message
    assert run_to_end(kernel, job.id).job.outcome == "5 of 5 messages sent."
    assert (len(mailbox.to), mailbox.to.total()) == (5, 5)


def test_who_is_put_off_again_and_again_has_bounced_at_last(mail, mailbox):
    mailbox.at_recipient = lambda address: "450 Mailbox busy" if address == "reader2@example.org" else OK
    campaign = mail.campaign(addresses(3))
    job = run_to_end(kernel, mail.send(campaign).id).job
    assert (job.state, job.outcome) == (State.COMPLETED, "2 of 3 messages sent. 1 bounced.")
    assert mail.recipients(campaign)["reader2@example.org"] == ("bounced", "Put off 5 times: 450 Mailbox busy")


def test_a_server_that_ends_connections_as_it_likes_loses_nothing(mail, mailbox):
    count = iter(range(1_000))

    def hang_up_now_and_then(_address):
        return "421 Too many messages on this connection" if next(count) % 4 == 3 else OK

    mailbox.at_sender = hang_up_now_and_then
    job = mail.sent(mail.campaign(addresses(12)))
    assert job.outcome == "12 of 12 messages sent."
    assert (len(mailbox.to), mailbox.to.total(), job.failures) == (12, 12, 0)


def test_a_server_that_is_not_there_is_tried_again_and_nothing_is_lost(make_app, cast, mailbox):
    with mail_server(mailbox) as port:
        pass
    app = make_app({"SMTP_URL": f"smtp://127.0.0.1:{port}"})
    with app.app_context():
        mail = Post(app, cast)
        campaign = mail.campaign(addresses(3))
        job = mail.sent(campaign)
        assert (job.state, mail.counts(campaign)) == (State.SCHEDULED, {"queued": 3})
        assert job.error_message.startswith("The mail server takes no messages just now: Connection refused.")
        with mail_server(mailbox, at=port):
            assert run_to_end(kernel, job.id).job.outcome == "3 of 3 messages sent."
    assert mailbox.to.total() == 3


def test_a_sender_that_the_server_does_not_know_fails_the_job_and_bounces_nobody(mail, mailbox):
    mailbox.at_sender = lambda address: "553 Not a sender of ours"
    campaign = mail.campaign(addresses(3))
    job = mail.sent(campaign)
    assert job.state == State.FAILED
    assert "The mail server refuses what the settings say: 553 Not a sender of ours." in job.error_message
    assert mail.counts(campaign) == {"queued": 3}
    mailbox.at_sender = lambda address: OK
    kernel.retry(job.id)
    kernel.run(job.id)
    assert mail.counts(campaign) == {"sent": 3}


@pytest.mark.parametrize(("password", "state"), [("pier 9", State.COMPLETED), ("pier 8", State.FAILED)])
def test_user_and_password_are_given_and_are_in_no_log(make_app, cast, mailbox, caplog, password, state):
    options = {"authenticator": check_password, "auth_require_tls": False}
    with mail_server(mailbox, **options) as port:
        app = make_app({"SMTP_URL": f"smtp://office:{password.replace(' ', '%20')}@127.0.0.1:{port}"})
        with app.app_context():
            mail = Post(app, cast)
            job = mail.sent(mail.campaign(addresses(2)))
    assert job.state == state
    assert mailbox.to.total() == (2 if state is State.COMPLETED else 0)
    assert password not in caplog.text + repr(app.config["SMTP_URL"]) + (job.error_message or "")


def test_a_password_is_not_sent_in_the_clear_to_another_machine(mailbox, monkeypatch):
    monkeypatch.setattr(transports, "HERE", set())
    with mail_server(mailbox, authenticator=check_password, auth_require_tls=False) as port:
        with pytest.raises(transports.MailServerRefuses, match="it offers no encryption, so the password was not sent"):
            Smtp("smtp", "127.0.0.1", port, "office", "pier 9")._connected()


def test_who_unsubscribes_on_the_way_gets_nothing_more(mail, mailbox, monkeypatch):
    monkeypatch.setattr(jobs, "BATCH", 4)
    campaign = mail.campaign(addresses(8))

    def unsubscribe_two(address):
        if address == "reader1@example.org":
            mail.unsubscribe("reader3@example.org")
            mail.unsubscribe("reader7@example.org")
        return OK

    mailbox.at_content = unsubscribe_two
    assert mail.sent(campaign).outcome == "6 of 8 messages sent. 2 unsubscribed."
    assert {"reader3@example.org", "reader7@example.org"}.isdisjoint(mailbox.to)


def test_a_cancelled_campaign_stops_before_the_next_message(mail, mailbox):
    campaign = mail.campaign(addresses(40))
    job = mail.send(campaign)

    def cancel_at_the_tenth(_address):
        if len(mailbox.to) == 9:
            kernel.cancel(job.id)
        return OK

    mailbox.at_content = lambda address: cancel_from_outside(mail, cancel_at_the_tenth, address)
    with clock.held(clock.now()):
        kernel.run(job.id)
    assert mail.find(job).state == State.CANCELLED
    assert mailbox.to.total() == 10


def cancel_from_outside(mail, cancel, address):
    """The server's thread has no application of its own."""
    with mail.app.app_context():
        return cancel(address)
