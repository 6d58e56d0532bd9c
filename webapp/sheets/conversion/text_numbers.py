"""Numbers that were typed as text, read only where there is one way to read them.

A comma or a point with exactly three digits behind it can separate decimals in one country and thousands in the next:
such a text is refused as ambiguous, never guessed, unless the column says which sign stands before the decimals. A
sign of currency and the parentheses of accountants around a number are taken off: "(€ 32.00)" is -32.
"""

import re
from decimal import Decimal

SPACES = "\u0020\u00a0\u2009\u202f"
APOSTROPHES = "'\u2019"
GROUPS = SPACES + APOSTROPHES
GROUPED = r"[1-9]\d{0,2}"
EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
EXCELS_DIGITS = 15

_PLAIN = re.compile(r"[+-]?\d+", re.ASCII)
_SPACED = re.compile(rf"[+-]?{GROUPED}(?:[{GROUPS}]\d{{3}})+(?:[.,]\d+)?", re.ASCII)
_AMBIGUOUS = re.compile(rf"[+-]?{GROUPED}[.,]\d{{3}}", re.ASCII)
_GROUPED_BY_COMMA = re.compile(rf"[+-]?{GROUPED}(?:(?:,\d{{3}}){{2,}}(?:\.\d+)?|,\d{{3}}\.\d+)", re.ASCII)
_GROUPED_BY_POINT = re.compile(rf"[+-]?{GROUPED}(?:(?:\.\d{{3}}){{2,}}(?:,\d+)?|\.\d{{3}},\d+)", re.ASCII)
_DECIMAL = re.compile(rf"[+-]?\d+(?:[.,]\d+)?{EXPONENT}", re.ASCII)
_WRITTEN_BY_PROGRAMS = re.compile(r"[+-]?\d+\.\d+(?:[eE][+-]?\d{1,3})?", re.ASCII)

_CURRENCIES = (
    "[$\u00a2-\u00a5\u0e3f\u20a0-\u20bf]"
    "|EUR|USD|GBP|CHF|JPY|CNY|SEK|NOK|DKK|ISK|PLN|CZK|HUF|RON|BGN|TRY|UAH|INR|AUD|CAD|NZD|BRL|MXN|ZAR|SGD|HKD|KRW"
)
_MONEY = re.compile(
    rf"([+-]?)(?:(?:{_CURRENCIES})[{SPACES}]*([+-]?)(\d[^+-]*)|(\d[^+-]*?)[{SPACES}]*(?:{_CURRENCIES}))", re.ASCII
)


def _declared(sign: str) -> re.Pattern[str]:
    groups = GROUPS + ("." if sign == "," else ",")
    grouped = rf"{GROUPED}([{groups}])\d{{3}}(?:\1\d{{3}})*(?:[{sign}]\d+)?"
    return re.compile(rf"[+-]?(?:{grouped}|\d+(?:[{sign}]\d+)?{EXPONENT})", re.ASCII)


_DECLARED = {sign: _declared(sign) for sign in ",."}


class AmbiguousNumber(Exception):
    """The text could be two numbers."""


def number_from_text(text: str, sign: str | None = None) -> Decimal | None:
    """The number that the text stands for, None if it is none; `sign` is what stands before its decimals, if known.

    Without it, raises AmbiguousNumber for "1,234" and "1.234".
    """
    text = _bare(text.strip().replace("\u2212", "-"))
    return _by_sign(text, sign) if sign else _by_itself(text)


def _by_itself(text: str) -> Decimal | None:
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    if _AMBIGUOUS.fullmatch(text):
        raise AmbiguousNumber
    if _SPACED.fullmatch(text):
        return Decimal(re.sub(f"[{GROUPS}]", "", text).replace(",", "."))
    if _GROUPED_BY_COMMA.fullmatch(text):
        return Decimal(text.replace(",", ""))
    if _GROUPED_BY_POINT.fullmatch(text):
        return Decimal(text.replace(".", "").replace(",", "."))
    if _DECIMAL.fullmatch(text):
        return Decimal(text.replace(",", "."))
    return None


def _by_sign(text: str, sign: str) -> Decimal | None:
    if _DECLARED[sign].fullmatch(text):
        return Decimal(
            "".join("." if letter == sign else letter for letter in text if letter in "+-eE0123456789" + sign)
        )
    # Numbers beyond what Excel keeps stand in workbooks as texts, which programs write with a point everywhere.
    if _WRITTEN_BY_PROGRAMS.fullmatch(text) and ("e" in text.lower() or sum(map(str.isdigit, text)) > EXCELS_DIGITS):
        return Decimal(text)
    return None


def _bare(text: str) -> str:
    """The number without its currency, and with a sign in place of parentheses."""
    is_negative = text.startswith("(") and text.endswith(")")
    amount = _without_currency(text[1:-1].strip() if is_negative else text)
    if not is_negative:
        return amount
    return f"-{amount}" if amount[:1].isdigit() else text


def _without_currency(text: str) -> str:
    match = _MONEY.fullmatch(text)
    if match is None or (match[1] and match[2]):
        return text
    return (match[1] or match[2] or "") + (match[3] or match[4])
