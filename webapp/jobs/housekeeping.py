"""What one consumer does once a second, whatever else goes wrong: rescue, release, redeliver, sign in, show."""

import logging
import os
import secrets
import socket
from typing import TYPE_CHECKING

from . import clock, queries, sweep
from .engine import Engine

if TYPE_CHECKING:
    from .kernel import Kernel

log = logging.getLogger("webapp.jobs")

COMPLAIN_EVERY = 30.0
SIGN_IN_EVERY = 5.0
FIRST_LOOK_BACK = 3600.0
"""Seconds whose changes are shown again at the start: a picture may have been lost with its worker."""


class Housekeeping:
    """The rounds of one consumer, for the queues of its pool."""

    def __init__(self, kernel: "Kernel", engine: Engine):
        self._kernel, self._engine = kernel, engine
        self._name = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"
        self._signed_in_at = self._complained_at = 0.0
        self._shown_until = clock.now() - FIRST_LOOK_BACK

    def round(self) -> None:
        """One round. An error is logged once in `COMPLAIN_EVERY` seconds and ends nothing but the round."""
        try:
            self._sweep()
            self._show()
            self._sign_in()
        except Exception as error:
            if abs(clock.now() - self._complained_at) >= COMPLAIN_EVERY:
                self._complained_at = clock.now()
                log.error("housekeeping failed and goes on: %s", error)

    def close(self) -> None:
        """The consumer ends as it should."""
        sweep.sign_out(self._kernel.writing, self._name)

    def _sweep(self) -> None:
        kernel, engine = self._kernel, self._engine
        if self._anything_lost_or_due():
            sweep.rescue(kernel.writing)
            sweep.release_due(kernel.writing)
        deliver = lambda job: kernel.deliver(engine, job.id, job.queue)  # noqa: E731
        sweep.redeliver(kernel.reading, kernel.writing, engine.pool.queues, engine.waiting, deliver)

    def _anything_lost_or_due(self) -> bool:
        with self._kernel.reading() as session:
            return bool(queries.lost(session, clock.now()) or queries.due(session, clock.now(), limit=1))

    def _show(self) -> None:
        """Publishes what changed lately, so that no picture that a dying worker owed stays away."""
        since, self._shown_until = self._shown_until, clock.now() - 2
        with self._kernel.reading() as session:
            for job in queries.changed_since(session, since):
                self._kernel.status.catch_up(job)

    def _sign_in(self) -> None:
        if abs(clock.now() - self._signed_in_at) >= SIGN_IN_EVERY:
            self._signed_in_at = clock.now()
            sweep.sign_in(self._kernel.writing, self._name, self._engine.pool.name, self._engine.pool.workers)
