"""What one consumer does once a second, whatever else goes wrong: rescue, release, redeliver, sign in, show, enqueue
what is due by a schedule, prune, make new jobs searchable.
"""

import logging
import os
import secrets
import socket
from typing import TYPE_CHECKING

from sqlalchemy.exc import OperationalError

from . import clock, queries, set_back, sweep
from .engine import Engine
from .outages import reason_of
from .pruning import DAY, Pruner
from .scheduler import Scheduler
from .search import Indexer
from .set_back import Lookout
from .trust import Trust

if TYPE_CHECKING:
    from .kernel import Kernel

SIGN_IN_EVERY = 5.0
FIRST_LOOK_BACK = 3_000
"""Events whose jobs are shown again at the start: a picture may have been lost with its worker."""


class Housekeeping:
    """The rounds of one consumer, for the queues of its pool."""

    def __init__(self, kernel: "Kernel", engine: Engine):
        self._kernel, self._engine = kernel, engine
        self._name = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"
        self._signed_in_at = 0.0
        self._scheduler = Scheduler(kernel)
        self._pruner = Pruner(kernel.reading, kernel.writing, kernel.settings.keep_days * DAY)
        self._indexer = Indexer(kernel.reading, kernel.writing)
        self._shown_until: int | None = None
        self._seen: int | None = None
        self._trust = Trust(kernel.settings.lease_seconds)
        self._lookout = Lookout(kernel.settings.lease_seconds)

    def round(self) -> None:
        """One round. What goes wrong with one chore stops no other; a database that cannot be used ends the round."""
        rounds = (self._scheduler.round, self._pruner.round, self._indexer.round)
        for chore in (self._sweep, self._show, self._sign_in, *rounds):
            try:
                chore()
            except OperationalError as error:
                self._trust.lose()
                self._complain(error)
                return
            except Exception as error:
                self._complain(error)

    def _complain(self, error: Exception) -> None:
        """Logs an error of one kind once in a while."""
        message = "housekeeping failed and goes on: %s"
        self._kernel.complaints.tell(type(error), message, reason_of(error), level=logging.ERROR)

    def close(self) -> None:
        """The consumer ends as it should. Whether it can say so is not important: soon nobody will have seen it."""
        try:
            sweep.sign_out(self._kernel.writing, self._name)
        except OperationalError as error:
            self._complain(error)

    def _sweep(self) -> None:
        kernel, engine = self._kernel, self._engine
        if self._lookout.sees():
            set_back.put_right(kernel.writing, kernel.settings.lease_seconds)
            self._lookout.is_clear()
        at, trusts = clock.now(), self._trust.is_there()
        if self._anything_to_move(at, trusts):
            if trusts:
                sweep.rescue(kernel.writing, at)
            sweep.release_due(kernel.writing)
            sweep.unblock(kernel.writing)
        deliver = lambda job: kernel.deliver(engine, job.id, job.queue)  # noqa: E731
        sweep.redeliver(kernel.reading, kernel.writing, engine.pool.queues, engine.waiting, deliver)

    def _anything_to_move(self, at: float, trusts: bool) -> bool:
        with self._kernel.reading() as session:
            waiting = [queries.due(at, limit=1), *([queries.lost(at).limit(1)] if trusts else [])]
            return any(session.scalar(query) for query in waiting) or queries.blocked(session)

    def _show(self) -> None:
        """Publishes what changed lately, so that no picture that a dying worker owed stays away. The events of the
        round before count again: whoever wrote them may not have got to the picture, or to the commit, by then.
        """
        with self._kernel.reading() as session:
            last = queries.last_event(session)
            since = last - FIRST_LOOK_BACK if self._shown_until is None else min(self._shown_until, last)
            for job in queries.changed_since(session, since):
                self._kernel.status.catch_up(job)
        self._shown_until, self._seen = self._seen, last

    def _sign_in(self) -> None:
        if abs(clock.now() - self._signed_in_at) >= SIGN_IN_EVERY:
            self._signed_in_at = clock.now()
            sweep.sign_in(self._kernel.writing, self._name, self._engine.pool.name, self._engine.pool.workers)
