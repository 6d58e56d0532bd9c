"""What a clock that was set back leaves in the ledger, and how it is put right.

A moment in the ledger that the clock cannot have given, since it lies too far ahead, was given before the clock was
set back. Nobody knows by how much that was, but how long each thing was to last is still there:

- A lease lasts its length. One that ends later than that from now on is made to end a length from now: a worker that
  lives extends it, as ever; a dead one's job comes back after one lease, and not after two days.
- A wait (for a retry, or a delay) lasts from `updated_at` to `run_at`. One that began in the future begins now: so it
  is never more than twice as long as it was to be.
- A place in line is a `run_at`. Those in the future are moved so that the last of them is now, in the same order:
  who waited already does not wait behind all who come.

Clocks of several machines differ a little, so that moments count only when they are a whole lease off.
"""

import logging
from typing import Any, cast

from sqlalchemy import ColumnElement, Table, func, select, update
from sqlalchemy.orm import Session

from . import clock
from .models import Job
from .states import IN_HAND, State
from .surroundings import Transaction

log = logging.getLogger("webapp.jobs")

JOBS = cast(Table, Job.__table__)


class Lookout:
    """Says when the ledger may hold moments that the clock cannot have given: at the start, when nobody knows what the
    clock did before, and when it was set back since. Looking costs more the more jobs wait.
    """

    def __init__(self, lease: float):
        self._lease = lease
        self._furthest = float("inf")

    def sees(self) -> bool:
        """Whether there may be such moments."""
        self._furthest = max(self._furthest, clock.ahead())
        return self._furthest - clock.ahead() > self._lease

    def is_clear(self) -> None:
        """There are none any more."""
        self._furthest = clock.ahead()


def put_right(writing: Transaction, lease: float) -> None:
    """Puts right what a clock that was set back has left."""
    with writing() as session:
        at = clock.now()
        latest = session.scalar(select(func.max(JOBS.c.run_at)).where(_place_in_the_future(at, lease))) or at
        counts = [
            _change(session, _lease_too_long(at, lease), lease_until=at + lease),
            _change(
                session, _wait_from_the_future(at, lease), run_at=JOBS.c.run_at - JOBS.c.updated_at + at, updated_at=at
            ),
            _change(session, _place_in_the_future(at, lease), run_at=JOBS.c.run_at - latest + at),
        ]
    if any(counts):
        log.warning("the clock was set back: %d leases, %d waits and %d places in line are put right", *counts)


def _lease_too_long(at: float, lease: float) -> ColumnElement[bool]:
    return JOBS.c.state.in_(IN_HAND) & (JOBS.c.lease_until > at + 2 * lease)


def _wait_from_the_future(at: float, lease: float) -> ColumnElement[bool]:
    return (JOBS.c.state == State.SCHEDULED) & (JOBS.c.updated_at > at + lease)


def _place_in_the_future(at: float, lease: float) -> ColumnElement[bool]:
    return (JOBS.c.state == State.QUEUED) & (JOBS.c.run_at > at + lease)


def _change(session: Session, which: ColumnElement[bool], **values: Any) -> int:
    """Changes these jobs; answers how many there were."""
    done = session.execute(update(JOBS).where(which).values(revision=JOBS.c.revision + 1, **values))
    return int(done.rowcount)  # type: ignore[attr-defined]
