"""A real SMTP server with a mind of its own: it counts what it gets, and refuses whom a test tells it to."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.installation import free_port

OK = "250 OK"
logging.getLogger("mail.log").setLevel(logging.WARNING)  # a server that tells each command of thousands of messages


class Mailbox:
    """What a mail server has got, and how it answers: `at_recipient`, `at_content`, `at_sender` say for an address."""

    def __init__(self) -> None:
        self.contents: list[bytes] = []
        self.to: Counter[str] = Counter()
        self.connections = 0
        self.at_sender: Callable[[str], str] = lambda address: OK
        self.at_recipient: Callable[[str], str] = lambda address: OK
        self.at_content: Callable[[str], str | None] = lambda address: OK
        """None: the server keeps the message, and falls silent for ever."""

    @property
    def messages(self) -> list[EmailMessage]:
        """The messages, read."""
        return [message_from_bytes(content, policy=policy.default) for content in self.contents]  # type: ignore[misc]

    async def handle_EHLO(
        self, _server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = name
        return answers

    async def handle_MAIL(self, _s: SMTP, _c: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        answer = self.at_sender(address)
        envelope.mail_from = address if answer == OK else None
        return answer

    async def handle_RCPT(self, _s: SMTP, _c: Session, envelope: Envelope, address: str, _options: list[str]) -> str:
        answer = self.at_recipient(address)
        envelope.rcpt_tos += [address] if answer == OK else []
        return answer

    async def handle_DATA(self, server: SMTP, _c: Session, envelope: Envelope) -> str:
        answer = self.at_content(envelope.rcpt_tos[0])
        if answer in {OK, None}:
            content = envelope.content
            assert isinstance(content, bytes)
            self.contents.append(content)
            self.to.update(envelope.rcpt_tos)
        if answer is None:
            server.transport.abort()
        return answer or OK


def check_password(_server: SMTP, _session: Session, _envelope: Envelope, _way: str, given: object) -> AuthResult:
    """The one user is `office`, with the password `pier 9`."""
    assert isinstance(given, LoginPassword)
    return AuthResult(success=(given.login, given.password) == (b"office", b"pier 9"), handled=False)


@contextmanager
def mail_server(mailbox: Mailbox, at: int | None = None, **options: object) -> Iterator[int]:
    """Runs the server for this mailbox, at a port of its own or at this one; yields the port."""
    port = at or free_port()
    controller = Controller(mailbox, hostname="127.0.0.1", port=port, **options)
    controller.start()
    try:
        yield port
    finally:
        controller.stop()
