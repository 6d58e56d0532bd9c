"""What is logged once in a while, however often it happens: a fault that lasts must not flood the log."""

import logging
from threading import Lock
from typing import Any

from . import clock

EVERY = 30.0
"""Seconds between two complaints about the same thing, in one process."""

log = logging.getLogger("webapp.jobs")


class Complaints:
    """The complaints of one process."""

    def __init__(self) -> None:
        self._told_at: dict[object, float] = {}
        self._lock = Lock()

    def tell(
        self,
        about: object,
        message: str,
        *details: Any,
        level: int = logging.WARNING,
        error: BaseException | None = None,
    ) -> None:
        """Logs the message, with the trace of the `error` if one is given, unless there was one about the same thing
        less than `EVERY` seconds ago.
        """
        with self._lock:
            at = clock.monotonic()
            if at - self._told_at.get(about, float("-inf")) < EVERY:
                return
            self._told_at[about] = at
        log.log(level, message, *details, exc_info=error)
