"""Messages as mail servers take them: RFC 5322, with the headers of RFC 2369 and RFC 8058 that end a subscription."""

from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import parseaddr

from .models import OutboxMessage
from .personalization import on_one_line

SEVEN_BITS = SMTP.clone(cte_type="7bit")
"""Every mail server takes it."""
FOOTER = "\n\n-- \nTo get no more of these messages: {link}\n"


@dataclass(frozen=True)
class Letter:
    """A message that is ready to leave: its name outside, the addresses on its envelope, its headers and its text."""

    key: str
    sender: str
    email: str
    message: EmailMessage


class Writer:
    """Makes letters. `sender` is who they come from, with or without a name; `link_for` makes the address at which a
    reader unsubscribes.
    """

    def __init__(self, sender: str, link_for: Callable[[str], str]):
        self._sender, self._link_for = _address(*parseaddr(sender)), link_for

    def letter(self, outgoing: OutboxMessage) -> Letter:
        """The letter of a message in the outbox: the same whenever it is made."""
        recipient, link = outgoing.recipient, self._link_for(outgoing.recipient.email)
        message = EmailMessage(policy=SEVEN_BITS)
        message["From"] = self._sender
        message["To"] = _address(recipient.name, recipient.email)
        message["Subject"] = on_one_line(outgoing.subject)
        message["Date"] = outgoing.created_at.replace(microsecond=0)
        message["Message-ID"] = f"<{outgoing.key}@{self._sender.domain}>"
        message["List-Unsubscribe"] = f"<{link}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
        message.set_content(outgoing.body.rstrip() + FOOTER.format(link=link))
        return Letter(outgoing.key, self._sender.addr_spec, recipient.email, message)


def _address(name: str, address: str) -> Address:
    return Address(on_one_line(name), addr_spec=address)
