"""Numbers that were typed as text, read only where there is one way to read them.

A comma or a point with exactly three digits behind it can separate decimals in one country and thousands in the next:
such a text is refused as ambiguous, never guessed.
"""

import re
from decimal import Decimal

SPACES = "\u0020\u00a0\u2009\u202f"
GROUPED = r"[1-9]\d{0,2}"

_PLAIN = re.compile(r"[+-]?\d+", re.ASCII)
_SPACED = re.compile(rf"[+-]?{GROUPED}(?:[{SPACES}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(rf"[+-]?{GROUPED}[.,]\d{{3}}", re.ASCII)
_GROUPED_BY_COMMA = re.compile(rf"[+-]?{GROUPED}(?:(?:,\d{{3}}){{2,}}(?:\.\d+)?|,\d{{3}}\.\d+)", re.ASCII)
_GROUPED_BY_POINT = re.compile(rf"[+-]?{GROUPED}(?:(?:\.\d{{3}}){{2,}}(?:,\d+)?|\.\d{{3}},\d+)", re.ASCII)
_DECIMAL = re.compile(r"[+-]?\d+(?:[.,]\d+)?(?:[eE][+-]?\d{1,3})?", re.ASCII)


class AmbiguousNumber(Exception):
    """The text could be two numbers."""


def number_from_text(text: str) -> Decimal | None:
    """The number that the text stands for, None if it is none. Raises AmbiguousNumber for "1,234" and "1.234"."""
    text = text.strip().replace("\u2212", "-")
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _AMBIGUOUS.fullmatch(text):
        raise AmbiguousNumber
    if _SPACED.fullmatch(text):
        return Decimal(re.sub(f"[{SPACES}]", "", text).replace(",", "."))
    if _GROUPED_BY_COMMA.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _GROUPED_BY_POINT.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None
