"""Locks for what is looked at and then relied upon, in databases whose write transactions do not exclude each other.

Besides `search`, the one place of the kernel that knows which database it is on. SQLite lets one transaction write at
a time, so there nothing has to be locked. On PostgreSQL write transactions run side by side, each statement on what is
committed by then (READ COMMITTED, its default): what changes one job is decided by the row itself, what counts several
is not.
"""

import hashlib
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

ROW: dict[str, Any] = {"key_share": True}
"""For `with_for_update`: nobody else changes the row until the transaction ends. SQLAlchemy leaves it out on SQLite."""
FREE_ROWS: dict[str, Any] = {**ROW, "skip_locked": True}
"""The same, for rows of which those that somebody else has locked are left to him."""


def lock(session: Session, name: str) -> None:
    """Waits until no other transaction has locked this name, and locks it until this one ends.

    Taken before what is relied upon is read, in one order: rows, owner, refusal; rows, slots. So that nobody waits in a
    ring, whoever has one of these locks waits for no job's row any more.
    https://www.postgresql.org/docs/current/explicit-locking.html#ADVISORY-LOCKS
    """
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_advisory_xact_lock(_number(name))))


def _number(name: str) -> int:
    """PostgreSQL knows locks by numbers of 64 bits with a sign."""
    return int.from_bytes(hashlib.sha256(f"webapp.jobs {name}".encode()).digest()[:8], signed=True)
