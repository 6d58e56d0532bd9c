"""The ways to write a date as text that a person can choose from."""

import re
from dataclasses import dataclass
from datetime import date

PIVOT = 50
"""A year of two digits below it belongs to the years from 2000, from it on to those from 1900, as in Excel."""
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
LONG_MONTHS = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
)  # fmt: skip
PARTS = {
    "YYYY": r"(?P<year>\d{4})",
    "YY": r"(?P<year>\d{2})",
    "MMM": r"(?P<name>[A-Za-z]{3,9})\.?",
    "MM": r"(?P<month>\d{1,2})",
    "DD": r"(?P<day>\d{1,2})",
    ".": r"\. ?",
    "/": "/",
    "-": "-",
    " ": " +",
}
TOKEN = re.compile("|".join(map(re.escape, PARTS)))


@dataclass(frozen=True, slots=True)
class DateFormat:
    """A way to write dates, named as people describe it: DD.MM.YYYY. Days and months may have one digit or two."""

    name: str
    pattern: re.Pattern[str]

    @property
    def example(self) -> str:
        """The last day of 2026, written in this way."""
        written = {"YYYY": "2026", "YY": "26", "MMM": "Dec", "MM": "12", "DD": "31"}
        return TOKEN.sub(lambda token: written.get(token[0], token[0]), self.name)

    @property
    def human(self) -> str:
        """Its name on pages, with an example, and with the century of years of two digits."""
        short = "" if "YYYY" in self.name else f"; 00 to {PIVOT - 1} are 20…, {PIVOT} to 99 are 19…"
        return f"{self.name} (such as {self.example}{short})"

    def read(self, text: str) -> date | None:
        """The date, None if it is not written in this way. Raises ValueError for a day that never was."""
        match = self.pattern.fullmatch(text.strip())
        if match is None:
            return None
        parts = match.groupdict()
        month = _month(parts["name"]) if "name" in parts else int(parts["month"])
        return date(_year(parts["year"]), month, int(parts["day"])) if month else None


def _year(digits: str) -> int:
    return int(digits) if len(digits) == 4 else int(digits) + (2000 if int(digits) < PIVOT else 1900)


def _month(name: str) -> int | None:
    name = name.lower()
    for names in (MONTHS, LONG_MONTHS):
        if name in names:
            return names.index(name) + 1
    return 9 if name == "sept" else None


def _format(name: str) -> DateFormat:
    if name == "YYYYMMDD":
        return DateFormat(name, re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})", re.ASCII))
    return DateFormat(name, re.compile(TOKEN.sub(lambda token: PARTS[token[0]], name), re.ASCII))


DATE_FORMATS: dict[str, DateFormat] = {
    name: _format(name)
    for name in (
        "YYYY-MM-DD", "DD.MM.YYYY", "DD/MM/YYYY", "MM/DD/YYYY", "DD-MM-YYYY", "MM-DD-YYYY", "YYYY/MM/DD", "YYYY.MM.DD",
        "DD-MMM-YYYY", "DD MMM YYYY", "YYYYMMDD", "DD.MM.YY", "DD/MM/YY", "MM/DD/YY", "DD-MM-YY", "MM-DD-YY",
        "DD-MMM-YY",
    )
}  # fmt: skip
"""By name. Those with years of two digits come last."""
