"""How often someone may try a password: for one account, and from one address, whichever of the workers they meet.

An attempt is counted before its password is hashed, since hashing is what costs. After some free attempts each further
one has to wait twice as long as the one before, up to a limit: nobody is locked out for good, and nobody who is signed
in notices. Counts are forgotten after a day without an attempt.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from ipaddress import ip_address, ip_network

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .errors import TooManyAttempts
from .models import SignInAttempts
from .moments import now

FORGOTTEN_AFTER = timedelta(days=1)
LONGEST_WAIT = timedelta(minutes=5)


@dataclass(frozen=True)
class Origin:
    """What attempts are counted for, under the name that it has in the database, and how many of them are free."""

    name: str
    free: int

    def wait_after(self, count: int) -> timedelta:
        """How long the next attempt has to wait after so many: a second, then twice as long each time."""
        doublings = count - self.free
        return timedelta(0) if doublings < 0 else min(LONGEST_WAIT, timedelta(seconds=2 ** min(doublings, 30)))


def account(email: str) -> Origin:
    """Attempts to sign in to one account, whether there is one or not."""
    return _origin("account", email, free=5)


def address(network_address: str) -> Origin:
    """Attempts to sign in from one address; a whole office may share it. Of IPv6, from one /64: that is one line."""
    return _origin("address", _line(network_address), free=50)


def change(user_id: int) -> Origin:
    """Attempts of somebody who is signed in to prove that they know their password."""
    return _origin("change", str(user_id), free=5)


def count(session: Session, *origins: Origin) -> None:
    """Counts an attempt, in a transaction that has to be committed before the password is looked at.

    Raises TooManyAttempts while one of the origins has to wait; such an attempt is not counted.
    """
    at = now()
    session.execute(delete(SignInAttempts).where(SignInAttempts.last_at <= at - FORGOTTEN_AFTER))
    counted = [(origin, _attempts(session, origin, at)) for origin in origins]
    wait = max(_wait(attempts, at) for _, attempts in counted)
    if wait > timedelta(0):
        raise TooManyAttempts(words=_words(wait), seconds=_seconds(wait))
    for origin, attempts in counted:
        attempts.count += 1
        attempts.last_at, attempts.blocked_until = at, at + origin.wait_after(attempts.count)
        session.add(attempts)


def forget(session: Session, origin: Origin) -> None:
    """After a success: as if nobody had ever tried."""
    session.execute(delete(SignInAttempts).where(SignInAttempts.origin == origin.name))


def give_back(session: Session, origin: Origin) -> None:
    """After a success: this one attempt does not count; those of others with the same origin do."""
    attempts = session.get(SignInAttempts, origin.name)
    if attempts is not None and attempts.count > 0:
        attempts.count -= 1
        attempts.blocked_until = min(attempts.blocked_until, now() + origin.wait_after(attempts.count))


def _origin(kind: str, value: str, free: int) -> Origin:
    return Origin(f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}", free)


def _line(network_address: str) -> str:
    try:
        parsed = ip_address(network_address)
    except ValueError:
        return network_address
    return str(parsed) if parsed.version == 4 else str(ip_network((parsed, 64), strict=False))


def _attempts(session: Session, origin: Origin, at: datetime) -> SignInAttempts:
    found = session.get(SignInAttempts, origin.name)
    return found or SignInAttempts(origin=origin.name, count=0, last_at=at, blocked_until=at)


def _wait(attempts: SignInAttempts, at: datetime) -> timedelta:
    """How long this origin has to wait yet. What was counted far in the future was so before the clock was set back:
    nobody is to wait until it is there again.
    """
    return timedelta(0) if attempts.last_at - at > LONGEST_WAIT else attempts.blocked_until - at


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))


def _words(wait: timedelta) -> str:
    seconds = _seconds(wait)
    number, unit = (seconds, "second") if seconds < 60 else (-(-seconds // 60), "minute")
    return f"{number} {unit}" if number == 1 else f"{number} {unit}s"
