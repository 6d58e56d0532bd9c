"""When a database does not answer: another holds its lock, its file is away or may not be written, its disk is full.

That is nobody's fault, and it passes. Who needs the ledger waits for it; no job fails of it, and the log says so once
in a while.
"""

import logging
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.orm import Session

from . import clock
from .errors import LedgerAway
from .surroundings import Surroundings, Transaction

PASSING = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_READONLY,
}
"""What SQLite says of a database that may answer later: https://www.sqlite.org/rescode.html."""
LOOK_AGAIN = 1.0
"""Seconds between two tries to reach the ledger."""

Answer = TypeVar("Answer")
log = logging.getLogger("webapp.jobs")


def is_outage(error: BaseException) -> bool:
    """Whether the error means that the database does not answer now, and not that something was wrong with what was
    asked: also that a connection was lost, or could not be made.
    """
    if isinstance(error, LedgerAway):
        return True
    if not isinstance(error, DBAPIError):
        return False
    if isinstance(error.orig, sqlite3.Error):
        return getattr(error.orig, "sqlite_errorcode", 0) & 0xFF in PASSING
    return error.connection_invalidated or (isinstance(error, OperationalError) and error.statement is None)


def is_full(error: BaseException) -> bool:
    """Whether the database does not answer because its disk is full."""
    code = getattr(getattr(error, "orig", None), "sqlite_errorcode", 0)
    return bool(code & 0xFF == sqlite3.SQLITE_FULL)


def reason_of(error: BaseException) -> str:
    """What the database itself says, in a few words."""
    if isinstance(error, LedgerAway):
        return str(error.facts["reason"])
    return " ".join(str(getattr(error, "orig", None) or error).split())


def noticing(writing: Transaction) -> Transaction:
    """The same transactions. From those that meet an outage comes LedgerAway: so it is known whose outage it is."""

    @contextmanager
    def noticed() -> Iterator[Session]:
        try:
            with writing() as session:
                yield session
        except DBAPIError as error:
            if is_outage(error):
                raise LedgerAway(reason=reason_of(error)) from error
            raise

    return noticed


def outlasting(around: Surroundings, act: Callable[[], Answer]) -> Answer:
    """Does it, as soon as the ledger answers. Raises LedgerAway if the worker is to stop before."""
    while True:
        try:
            return act()
        except LedgerAway as away:
            around.complaints.tell("ledger", "%s The worker waits for it.", away.sentence)
            if around.stopping():
                raise
        clock.sleep(LOOK_AGAIN)


def is_away(writing: Transaction) -> bool:
    """Whether the ledger cannot be written just now."""
    try:
        with writing():
            return False
    except LedgerAway:
        return True
