"""What is asked for of a list, as its address says it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Self
from urllib.parse import parse_qsl, urlencode

LONGEST = 200
"""Characters of what is searched for; the rest is dropped."""


@dataclass(frozen=True)
class Asked:
    """A status, words that are searched for, the column that sorts, the direction, and the number of the page.

    All of them as text, and empty where nothing is asked for. A list that is narrowed by more has a class of its own.
    """

    status: str = ""
    q: str = ""
    sort: str = ""
    direction: str = ""
    page: str = ""

    @classmethod
    def of(cls, arguments: Mapping[str, str]) -> Self:
        """From the arguments of an address; those that mean nothing mean nothing."""
        given = {field.name: " ".join(arguments.get(field.name, "").split())[:LONGEST] for field in fields(cls)}
        return cls(**given)

    @classmethod
    def read(cls, subject: str) -> Self:
        """From what `subject` gave to the poll."""
        return cls.of(dict(parse_qsl(subject)))

    @property
    def subject(self) -> str:
        """For the poll, to ask for the same again."""
        return urlencode(self.arguments)

    @property
    def arguments(self) -> dict[str, str]:
        """For an address: what is asked for."""
        return {name: value for name, value in asdict(self).items() if value}

    @property
    def descending(self) -> bool:
        """Whether the last is to come first."""
        return self.direction == "descending"

    def but(self, **changes: str) -> dict[str, str]:
        """The arguments of an address that asks for the same, but for this; on whichever page."""
        return replace(self, page="", **changes).arguments

    def sorted_by(self, column: str) -> dict[str, str]:
        """The arguments of an address that sorts by this column; by one that it is sorted by, the other way round."""
        turned = self.sort == column and not self.descending
        return self.but(sort=column, direction="descending" if turned else "ascending")
