"""How often someone may try to sign in: to one account, and from one address, whichever of the workers they meet.

An attempt is counted before its password is hashed, since hashing is what costs. After some free attempts each further
one has to wait twice as long as the one before, up to a limit: nobody is locked out for good, and nobody who is signed
in notices. Counts are forgotten after a day without an attempt.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.orm import Session

from .errors import TooManyAttempts
from .models import SignInAttempts
from .moments import now

FORGOTTEN_AFTER = timedelta(days=1)


@dataclass(frozen=True)
class Patience:
    """So many attempts are free; the next waits a second, each further one twice as long, up to the longest wait."""

    free: int
    longest: timedelta

    def wait_after(self, count: int) -> timedelta:
        """How long the next attempt has to wait after so many."""
        doublings = count - self.free
        if doublings < 0:
            return timedelta(0)
        return min(self.longest, timedelta(seconds=2 ** min(doublings, 30)))


ACCOUNT = Patience(free=5, longest=timedelta(minutes=5))
ADDRESS = Patience(free=50, longest=timedelta(minutes=5))
"""More than for an account, for a whole office may share an address."""


def count(session: Session, email: str, address: str) -> None:
    """Counts an attempt to sign in, in a transaction of its own that is committed before the password is looked at.

    Raises TooManyAttempts while the account or the address has to wait; such attempts are not counted.
    """
    at = now()
    session.execute(delete(SignInAttempts).where(SignInAttempts.last_at <= at - FORGOTTEN_AFTER))
    tried = [(_attempts(session, origin, at), patience) for origin, patience in _origins(email, address)]
    blocked_until = max(attempts.blocked_until for attempts, _ in tried)
    if blocked_until > at:
        raise TooManyAttempts(words=_words(blocked_until - at), seconds=_seconds(blocked_until - at))
    for attempts, patience in tried:
        attempts.count += 1
        attempts.last_at, attempts.blocked_until = at, at + patience.wait_after(attempts.count)
        session.add(attempts)


def forgive(session: Session, email: str, address: str) -> None:
    """After a success: forgets the attempts on the account, and gives the address this one attempt back."""
    (account, _), (place, patience) = _origins(email, address)
    session.execute(delete(SignInAttempts).where(SignInAttempts.origin == account))
    attempts = session.get(SignInAttempts, place)
    if attempts is not None and attempts.count > 0:
        attempts.count -= 1
        attempts.blocked_until = min(attempts.blocked_until, now() + patience.wait_after(attempts.count))


def _origins(email: str, address: str) -> tuple[tuple[str, Patience], tuple[str, Patience]]:
    return (_origin("account", email), ACCOUNT), (_origin("address", address), ADDRESS)


def _origin(kind: str, value: str) -> str:
    return f"{kind}:{hashlib.sha256(value.encode()).hexdigest()}"


def _attempts(session: Session, origin: str, at: datetime) -> SignInAttempts:
    found = session.get(SignInAttempts, origin)
    return found or SignInAttempts(origin=origin, count=0, last_at=at, blocked_until=at)


def _seconds(wait: timedelta) -> int:
    return max(1, -int(-wait.total_seconds() // 1))


def _words(wait: timedelta) -> str:
    seconds = _seconds(wait)
    if seconds < 60:
        return f"{seconds} second{'s' if seconds > 1 else ''}"
    minutes = -(-seconds // 60)
    return f"{minutes} minute{'s' if minutes > 1 else ''}"
