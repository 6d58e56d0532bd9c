"""Passwords: which ones are accepted, and how they are kept.

No rules of composition and no rotation; length, and a look at what others would try first, do more: NIST SP 800-63B-4,
section 3.1.1. Kept as Argon2id, above the floor of the OWASP Password Storage Cheat Sheet (19 MiB, 2 passes).
"""

import unicodedata
from collections.abc import Iterable

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .errors import PasswordTooCommon, PasswordTooLong, PasswordTooShort
from .guesses import unguessable_part

MINIMUM, MAXIMUM = 15, 128
LEAST_UNGUESSABLE, LEAST_DIFFERENT = 6, 5

MEMORY, PASSES, LANES = 32 * 1024, 2, 1
"""What Argon2id takes for each hash; the memory in kibibytes."""

hasher = PasswordHasher(memory_cost=MEMORY, time_cost=PASSES, parallelism=LANES)


def check(password: str, names: Iterable[str] = ()) -> None:
    """Lets a new password pass that is long enough and no early guess; `names` are the user's own, which count as such.

    Raises PasswordTooShort, PasswordTooLong and PasswordTooCommon.
    """
    if len(password) < MINIMUM:
        raise PasswordTooShort(length=len(password), minimum=MINIMUM)
    if len(password) > MAXIMUM:
        raise PasswordTooLong(maximum=MAXIMUM)
    rest = unguessable_part(password, names)
    if len(rest) < LEAST_UNGUESSABLE or len(set(rest)) < LEAST_DIFFERENT:
        raise PasswordTooCommon


def hashed(password: str) -> str:
    """The password as it is kept."""
    return hasher.hash(_normalized(password))


def matches(password: str, kept: str | None) -> bool:
    """Whether `kept` was made from `password`. None takes as long and is False: there is no such user.

    A password that is too long to be anybody's is not hashed at all.
    """
    if len(password) > MAXIMUM:
        return False
    try:
        return hasher.verify(kept or _nobody(), _normalized(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether `kept` was made with other parameters than those of today."""
    return hasher.check_needs_rehash(kept)


def _nobody() -> str:
    """A hash of today's parameters that no password makes."""
    memory, passes, lanes = hasher.memory_cost, hasher.time_cost, hasher.parallelism
    return f"$argon2id$v=19$m={memory},t={passes},p={lanes}$" + "A" * 22 + "$" + "A" * 43


def _normalized(password: str) -> str:
    """The same password, however a keyboard composes its characters."""
    return unicodedata.normalize("NFKC", password)
