"""Patterns that people write for their columns.

They are matched by RE2, whose time grows with the length of the text and no faster: no pattern can keep a worker busy
for ever. What it leaves out for that is looking around and referring back (https://github.com/google/re2/wiki/Syntax).
"""

from collections.abc import Callable

import re2

LONGEST = 500
NOT_TAKEN = ("(?=", "(?!", "(?<=", "(?<!", *(f"\\{digit}" for digit in range(1, 10)))
"""What the patterns of other programs know, and these do not."""


class PatternUnusable(ValueError):
    """The pattern is none; its text says why, in words that go on "The pattern cannot be used: "."""


def matcher(pattern: str) -> Callable[[str], bool]:
    """Tells whether the pattern matches the whole of a text. Raises PatternUnusable."""
    if len(pattern) > LONGEST:
        raise PatternUnusable(f"it is longer than {LONGEST} characters")
    options = re2.Options()
    options.log_errors, options.never_capture = False, True
    try:
        match = re2.compile(pattern, options).fullmatch
    except (re2.error, UnicodeEncodeError) as error:
        raise PatternUnusable(_reason(pattern, error)) from None
    # Half a character, which UTF-8 cannot hold, matches nothing but itself.
    return lambda text: match(text.encode("utf-8", "surrogatepass")) is not None


def _reason(pattern: str, error: Exception) -> str:
    if any(mark in pattern for mark in NOT_TAKEN):
        return "looking ahead or behind, and referring back to a group, are not possible here"
    said = error.args[0] if error.args and isinstance(error.args[0], bytes) else b"it cannot be written in UTF-8"
    return said.decode("utf-8", "replace")
