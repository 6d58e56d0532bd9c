"""What narrows the list of jobs, as its address says it."""

from dataclasses import dataclass

from webapp.web.asking import Asked

STATUSES = ("pending", "processing", "completed", "failed", "cancelled")


@dataclass(frozen=True)
class Narrowing(Asked):
    """Besides what is asked of every list: a person's id, a handler, a queue."""

    owner: str = ""
    handler: str = ""
    queue: str = ""

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
