"""How letters leave: into a folder, or to a mail server by SMTP (RFC 5321)."""

import os
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

from .errors import MailServerBusy, MailServerRefuses, MailServerUntrusted
from .messages import Letter
from .outbox import SENT, Outcome
from .personalization import on_one_line

TIMEOUT = 10.0
"""Seconds that a mail server may be silent."""
READY, CLOSING = 354, 421
LOST = (smtplib.SMTPServerDisconnected, OSError)
UNANSWERED = "The mail server fell silent before it had confirmed the message."
HERE = {"localhost", "127.0.0.1", "::1"}


class Transport(Protocol):
    """A way out. With one that is `repeatable`, a letter that is handed over twice still arrives once."""

    repeatable: bool

    def hand_over(self, letter: Letter) -> Outcome:
        """What came of the letter. Raises MailServerBusy or MailServerRefuses for one that surely did not leave."""

    def close(self) -> None:
        """No more letters for now."""


class Folder:
    """Letters become files, named by them: the second of the same replaces the first, whole or not at all."""

    repeatable = True

    def __init__(self, path: Path):
        self._path = path

    def hand_over(self, letter: Letter) -> Outcome:
        """Writes the file. Raises MailServerBusy for a folder that takes none."""
        draft = self._path / f".{letter.key}"
        try:
            self._path.mkdir(mode=0o700, exist_ok=True)
            draft.write_bytes(letter.message.as_bytes())
            os.replace(draft, self._path / f"{letter.key}.eml")
        except OSError as error:
            raise MailServerBusy(reason=f"{self._path.name}: {error.strerror}") from error
        return SENT

    def close(self) -> None:
        """There is nothing to close."""


class Smtp:
    """Letters go to a mail server, many over one connection. A connection that breaks after it has been of use is made
    anew once; servers end them as they like.
    """

    repeatable = False

    def __init__(self, scheme: str, host: str, port: int, user: str | None = None, password: str | None = None):
        self._scheme, self._host, self._port, self._user, self._password = scheme, host, port, user, password
        self._server: smtplib.SMTP | None = None
        self._was_of_use = False

    def hand_over(self, letter: Letter) -> Outcome:
        """What the server says to the letter. Raises MailServerBusy or MailServerRefuses."""
        try:
            return self._hand_over(letter)
        except LOST as error:
            was_of_use = self._was_of_use
            self.close()
            if not was_of_use:
                raise MailServerBusy(reason=_words_of(error)) from error
        try:
            return self._hand_over(letter)
        except LOST as error:
            self.close()
            raise MailServerBusy(reason=_words_of(error)) from error

    def close(self) -> None:
        """Takes leave of the server, if it is still there."""
        server, self._server, self._was_of_use = self._server, None, False
        if server is not None:
            try:
                server.quit()
            except (smtplib.SMTPException, OSError):
                server.close()

    def _hand_over(self, letter: Letter) -> Outcome:
        server = self._server = self._server or self._connected()
        refusal = _refusal(*server.mail(letter.sender))
        if refusal is not None:
            raise (MailServerRefuses if refusal.state == "bounced" else MailServerBusy)(reason=refusal.reason)
        outcome = _refusal(*server.rcpt(letter.email)) or self._content(server, letter)
        self._was_of_use = True
        if outcome is not SENT:
            self._begin_anew()
        return outcome

    def _begin_anew(self) -> None:
        """Lets the server forget a letter that it did not take; a connection that cannot even do that is ended."""
        try:
            if self._server is not None:
                self._server.rset()
        except (smtplib.SMTPException, OSError):
            self.close()

    def _content(self, server: smtplib.SMTP, letter: Letter) -> Outcome:
        """Sends the text itself. Until its last byte is sent the letter has surely not left; from then on the
        server's answer alone can tell.
        """
        code, words = server.docmd("data")
        if code != READY:
            return _refusal(code, words) or Outcome("pending", _text(words))
        server.send(_as_data(letter.message.as_bytes()))
        try:
            code, words = server.getreply()
        except LOST:
            self.close()
            return Outcome("uncertain", UNANSWERED)
        return _refusal(code, words, closing_is_lost=False) or SENT

    def _connected(self) -> smtplib.SMTP:
        context = ssl.create_default_context()
        with _in_words(self._host):
            server = self._greeted(context)
            try:
                server.ehlo_or_helo_if_needed()
                if self._scheme == "smtp" and server.has_extn("starttls"):
                    server.starttls(context=context)
                    server.ehlo()
                if self._user is not None:
                    self._sign_in(server)
            except BaseException:
                server.close()
                raise
            return server

    def _greeted(self, context: ssl.SSLContext) -> smtplib.SMTP:
        if self._scheme == "smtps":
            return smtplib.SMTP_SSL(self._host, self._port, timeout=TIMEOUT, context=context)
        return smtplib.SMTP(self._host, self._port, timeout=TIMEOUT)

    def _sign_in(self, server: smtplib.SMTP) -> None:
        if not isinstance(server.sock, ssl.SSLSocket) and self._host not in HERE:
            raise MailServerRefuses(reason="it offers no encryption, so the password was not sent")
        server.login(self._user or "", self._password or "")


def transport_for(server: object | None, folder: Path) -> Transport:
    """The way out: this mail server, or the folder if there is none."""
    return Smtp(**vars(server)) if server else Folder(folder)


@contextmanager
def _in_words(host: str) -> Iterator[None]:
    """Turns what can go wrong while a connection is made into MailServerBusy or MailServerRefuses."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise MailServerUntrusted(host=host, reason=_text(error.verify_message.removesuffix("."))) from error
    except smtplib.SMTPAuthenticationError as error:
        raise MailServerRefuses(reason=f"user or password ({_text(error.smtp_error)})") from error
    except smtplib.SMTPNotSupportedError as error:
        raise MailServerRefuses(reason="it takes no user and password") from error
    except smtplib.SMTPResponseException as error:
        raise MailServerBusy(reason=_text(error.smtp_error)) from error


def _refusal(code: int, words: bytes | str, closing_is_lost: bool = True) -> Outcome | None:
    """What a server's answer means for a letter: None if it goes on, bounced for good, or pending for another time."""
    if code == CLOSING and closing_is_lost:
        raise smtplib.SMTPServerDisconnected(_text(words))
    if 200 <= code < 300:
        return None
    return Outcome("bounced" if code >= 500 else "pending", f"{code} {_text(words)}")


def _as_data(content: bytes) -> bytes:
    """The content as it goes over the wire: dots at the beginning of lines doubled, an end behind it (4.5.2)."""
    lines = content.removesuffix(b"\r\n").split(b"\r\n")
    return b"".join((b"." if line.startswith(b".") else b"") + line + b"\r\n" for line in lines) + b".\r\n"


def _text(words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else str(words)
    return on_one_line(text)[:300]


def _words_of(error: BaseException) -> str:
    return _text(getattr(error, "strerror", None) or str(error) or "the connection was lost")
