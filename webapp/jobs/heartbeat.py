"""The heartbeat: a thread that extends the lease of a running attempt, however long its batches take."""

import contextvars
import logging
import threading
from types import TracebackType

from sqlalchemy.exc import SQLAlchemyError

from . import clock, ledger
from .attempt import Transaction

log = logging.getLogger("webapp.jobs")


class Heartbeat:
    """Extends the lease three times in its length while the `with` block runs; ends by itself when fenced out."""

    def __init__(self, job_id: str, token: int, writing: Transaction, lease: float):
        self._job_id, self._token, self._writing, self._lease = job_id, token, writing, lease
        self._ended = threading.Event()
        # `writing` may need what surrounds the attempt, such as Flask's application context, which no new thread has.
        beat = contextvars.copy_context().run
        self._thread = threading.Thread(target=beat, args=(self._beat,), name=f"heartbeat-{job_id}", daemon=True)

    def __enter__(self) -> "Heartbeat":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join(timeout=self._lease)

    def _beat(self) -> None:
        while not self._ended.wait(self._lease / 3):
            try:
                with self._writing() as session:
                    state = ledger.extend(session, self._job_id, self._token, clock.now() + self._lease)
            except SQLAlchemyError as error:
                log.warning("job %s heartbeat missed: %s", self._job_id, error.__class__.__name__)
                continue
            if state is None:
                return
