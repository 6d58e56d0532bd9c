"""What narrows the list of jobs, as its address says it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from urllib.parse import parse_qsl, urlencode

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")
LONGEST = 200
"""Characters of what is searched for; the rest is dropped."""


@dataclass(frozen=True)
class Narrowing:
    """A status, words that are searched for, a person's id, a handler, a queue, and the number of the page.

    All of them as text, and empty for those that narrow nothing.
    """

    status: str = ""
    q: str = ""
    owner: str = ""
    handler: str = ""
    queue: str = ""
    page: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> "Narrowing":
        """From the arguments of an address."""
        given = {field.name: " ".join(arguments.get(field.name, "").split())[:LONGEST] for field in fields(cls)}
        return cls(**given)

    @classmethod
    def of_subject(cls, subject: str) -> "Narrowing":
        """From what `subject` gave to the poll."""
        return cls.of(dict(parse_qsl(subject)))

    @property
    def subject(self) -> str:
        """For the poll, to ask for the same again."""
        return urlencode(self.arguments)

    @property
    def arguments(self) -> dict[str, str]:
        """For an address: those that narrow something."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def is_search(self) -> bool:
        """Whether more is asked for than a status and a person."""
        return bool(self.q or self.handler or self.queue)

    @property
    def owner_id(self) -> int | None:
        """The person, None for everybody; 0, whom nobody has, for what is no id."""
        if not self.owner:
            return None
        return int(self.owner) if self.owner.isascii() and self.owner.isdigit() and len(self.owner) < 19 else 0

    def on_any_page(self) -> dict[str, str]:
        """The arguments of an address for another page of the same."""
        return replace(self, page="").arguments

    def with_status(self, status: str) -> dict[str, str]:
        """The arguments of an address for another status."""
        return replace(self, page="", status=status).arguments
