"""Which text can be an address of mail."""

import re

LONGEST, LONGEST_LOCAL = 254, 64
"""Characters of an address, and of its part before the @: RFC 5321, 4.5.3.1."""
LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
"""What may stand before the @: a dot-atom of RFC 5322, 3.2.3. Quoted ones exist, and are typing errors in practice."""
DOMAIN = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*")


def problem_of(address: str) -> str | None:
    """Why this can be no address, in words for people; None if it can."""
    local, at, domain = address.rpartition("@")
    if not address:
        return "There is no address."
    if any(letter.isspace() or not letter.isprintable() for letter in address):
        return "The address has a space or a control character in it."
    if not at:
        return "The address has no @."
    if not address.isascii():
        return "The address has letters that mail servers do not take."
    if len(address) > LONGEST or len(local) > LONGEST_LOCAL:
        return "The address is too long."
    if not LOCAL.fullmatch(local):
        return "What stands before the @ cannot be part of an address."
    return None if DOMAIN.fullmatch(domain) else "What stands behind the @ is no name of a server."
