"""The lists of mail addresses that people paste."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from email.utils import parseaddr

from .errors import NoRecipients, TooManyRecipients
from .personalization import on_one_line

LINES = 20_000
"""Lines of a list that are taken at a time."""
LINE = 10_000
"""Characters of a line that are looked at."""
LINE_ENDS = re.compile(r"\r\n|\r|\n")
ADDRESS_HEADINGS = {"email", "e_mail", "mail", "address", "e_mail_address", "email_address"}
NAME_HEADINGS = {"name", "full_name"}


@dataclass(frozen=True)
class Entry:
    """A line of a list: the address as it stands there, in small letters, a name, and other values by field."""

    email: str
    name: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


def entries_of(text: str) -> list[Entry]:
    """The recipients of a pasted list: an address a line, alone or as `Ada Lovell <ada@example.org>`, or a table with
    a heading, its columns parted by tabs, semicolons or commas, as it comes out of a workbook.

    Raises NoRecipients or TooManyRecipients.
    """
    plain = text.lstrip("\ufeff").replace("\0", "\ufffd")  # no database keeps a zero in a text
    lines = [line[:LINE] for line in LINE_ENDS.split(plain) if line.strip()]
    if len(lines) > LINES:
        raise TooManyRecipients(count=len(lines), most=LINES)
    entries = list(_rows(lines) if lines and _headings(lines[0]) else map(_alone, lines))
    if not entries:
        raise NoRecipients
    return entries


def _headings(line: str) -> list[str] | None:
    """The fields that a line names, if it is the heading of a table with addresses."""
    cells = next(csv.reader([line], delimiter=_separator(line)), [])
    names = [_as_field(cell) for cell in cells]
    return names if ADDRESS_HEADINGS & set(names) else None


def _rows(lines: Sequence[str]) -> Iterator[Entry]:
    headings = _headings(lines[0]) or []
    for cells in csv.reader(lines[1:], delimiter=_separator(lines[0])):
        values = {name: on_one_line(cell) for name, cell in zip(headings, cells, strict=False) if name}
        email = next((values.pop(name) for name in headings if name in ADDRESS_HEADINGS and name in values), "")
        name = next((values.pop(name) for name in headings if name in NAME_HEADINGS and name in values), "")
        yield Entry(_normalized(email), name[:200], {key: value[:500] for key, value in values.items() if value})


def _alone(line: str) -> Entry:
    """One address. What the parser of mail headers makes nothing of stays as it is, and is refused later."""
    name, address = parseaddr(line.strip().rstrip(",;"))
    is_named = "<" in line and "@" in address
    return Entry(_normalized(address if is_named else line.strip().rstrip(",;")), on_one_line(name if is_named else ""))


def _separator(line: str) -> str:
    return max("\t;,", key=line.count)


def _as_field(heading: str) -> str:
    """A heading as the name of a field: `First name` becomes `first_name`."""
    return re.sub(r"[^a-z0-9]+", "_", heading.strip().lower()).lstrip("_0123456789").rstrip("_")[:63]


def _normalized(address: str) -> str:
    """In small letters; its control characters stay, so that what is wrong with it can be told."""
    return address.strip(" \t").lower()[:320]
