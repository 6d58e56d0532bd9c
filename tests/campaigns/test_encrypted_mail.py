"""Mail by encrypted connections, with real certificates: any but a good one ends it before a word is said."""

import ssl

import pytest
import trustme

from webapp.jobs import State

from .conftest import Post, addresses
from .mailbox import OK, check_password, mail_server

HOST = "127.0.0.1"
SCHEMES = pytest.mark.parametrize("scheme", ["smtp", "smtps"])
UNTRUSTED = "The certificate of the mail server 127.0.0.1 is not to be trusted: {}. Nothing was sent."


@pytest.fixture(scope="module")
def authority():
    """Who signs certificates."""
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """This machine knows the authority."""
    authority.cert_pem.write_to_path(tmp_path / "authority.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))


@pytest.fixture
def said(mailbox):
    """The senders whom the server was told: the first thing that is said of a message."""
    said = []
    mailbox.at_sender = lambda address: said.append(address) or OK
    return said


def encrypted(scheme, certificate):
    """The options of a server: by `smtp` it waits for STARTTLS and takes nothing before, by `smtps` it begins so."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)
    if scheme == "smtps":
        return {"ssl_context": context}
    return {"tls_context": context, "require_starttls": True, "authenticator": check_password}


def posted(make_app, cast, mailbox, scheme, certificate, user=""):
    """The job that sent a campaign to three by this server, and what became of them."""
    with mail_server(mailbox, **encrypted(scheme, certificate)) as port:
        app = make_app({"SMTP_URL": f"{scheme}://{user}{HOST}:{port}"})
        with app.app_context():
            mail = Post(app, cast)
            campaign = mail.campaign(addresses(3))
            return mail.sent(campaign), mail.counts(campaign)


@SCHEMES
def test_messages_leave_encrypted_if_the_certificate_is_good(make_app, cast, mailbox, authority, trusted, scheme):
    job, counts = posted(make_app, cast, mailbox, scheme, authority.issue_cert(HOST))
    assert (job.state, counts, mailbox.to.total()) == (State.COMPLETED, {"sent": 3}, 3)


def test_user_and_password_are_given_by_starttls(make_app, cast, mailbox, authority, trusted):
    job, _ = posted(make_app, cast, mailbox, "smtp", authority.issue_cert(HOST), user="office:pier%209@")
    assert (job.state, mailbox.to.total()) == (State.COMPLETED, 3)


@SCHEMES
def test_a_certificate_that_nobody_knows_is_told_and_nothing_is_sent(make_app, cast, mailbox, authority, said, scheme):
    job, counts = posted(make_app, cast, mailbox, scheme, authority.issue_cert(HOST), user="office:pier%209@")
    assert (job.state, counts) == (State.FAILED, {"queued": 3})
    assert UNTRUSTED.format("unable to get local issuer certificate") in job.error_message
    assert (said, mailbox.to.total()) == ([], 0)


@SCHEMES
def test_a_certificate_for_another_host_is_told_and_nothing_is_sent(
    make_app, cast, mailbox, authority, trusted, said, scheme
):
    job, counts = posted(make_app, cast, mailbox, scheme, authority.issue_cert("mail.example.org"))
    assert (job.state, counts) == (State.FAILED, {"queued": 3})
    assert UNTRUSTED.format("IP address mismatch, certificate is not valid for '127.0.0.1'") in job.error_message
    assert (said, mailbox.to.total()) == ([], 0)
