"""Workers that stand still between two batches until a test tells them how to go on.

So every interleaving of attempts, requests, housekeeping and clock can be made, and made again.
"""

import threading
from enum import Enum, auto
from queue import SimpleQueue
from typing import Any

from webapp.jobs import Attempt, Limit, Retry, job
from webapp.jobs.testing import Killed

from .conftest import GoneForGood, put

SLOTS = {"flow": 1, "pair": 2, "report": 1}
"""How many jobs the limits below let run at once, by the first word of their keys."""


class Order(Enum):
    """How an attempt goes on."""

    BATCH = auto()
    REPORT = auto()
    FAIL = auto()
    FAIL_IN_BATCH = auto()
    FAIL_FOR_GOOD = auto()
    FAIL_UNFORESEEN = auto()
    DIE = auto()
    DIE_IN_BATCH = auto()


BEFORE_A_BATCH = {
    Order.FAIL: ConnectionError,
    Order.FAIL_FOR_GOOD: GoneForGood,
    Order.FAIL_UNFORESEEN: ZeroDivisionError,
    Order.DIE: Killed,
}
"""What an order raises outside of a transaction."""
INSIDE_A_BATCH = {Order.FAIL_IN_BATCH: TimeoutError, Order.DIE_IN_BATCH: Killed}
"""What an order raises before the commit of a batch."""


class Worker:
    """A thread that runs one attempt and stands still before each batch, until it is told how to go on."""

    current = threading.local()

    def __init__(self, run: Any):
        self.job_id, self.token, self.has_ended = "", 0, False
        self._run, self._mishap = run, None
        self._orders: SimpleQueue[Order] = SimpleQueue()
        self._stands: SimpleQueue[None] = SimpleQueue()
        threading.Thread(target=self._work, daemon=True).start()
        self._stands.get(timeout=60)

    def tell(self, order: Order) -> None:
        """Lets it go on, until it stands still again or has ended."""
        self._orders.put(order)
        self._stands.get(timeout=60)
        if self._mishap is not None:
            raise self._mishap

    def order_for(self, attempt: Attempt) -> Order:
        """Called by the attempt: stands still until there is an order."""
        self.job_id, self.token = attempt.id, attempt.token
        self._stands.put(None)
        return self._orders.get()

    def _work(self) -> None:
        Worker.current.worker = self
        try:
            self._run()
        except Killed:
            pass
        except BaseException as error:
            self._mishap = error
        self.has_ended = True
        self._stands.put(None)


def work(attempt: Attempt, items: int) -> None:
    """Does one item a batch, as its worker is told; without a worker it just goes on."""
    worker = getattr(Worker.current, "worker", None)
    while True:
        order = worker.order_for(attempt) if worker else Order.BATCH
        if order in BEFORE_A_BATCH:
            raise BEFORE_A_BATCH[order]
        done = attempt.cursor or 0
        if done == items:
            return
        if order is Order.REPORT:
            attempt.report(f"Item {done}")
            continue
        with attempt.batch(done + 1, processed=done + 1, total=items) as session:
            put(session, attempt.id, range(done, done + 1))
            if order in INSIDE_A_BATCH:
                raise INSIDE_A_BATCH[order]


POLICIES: dict[str, Any] = {
    "retry": [
        Retry(TimeoutError, wait=30, attempts=2, jitter=0),
        Retry(ConnectionError, wait=10, attempts=3, jitter=0),
    ],
    "discard": [GoneForGood],
}


@job("machine.free", **POLICIES)
def free(job: Attempt, *, flow: int, items: int) -> None:
    """As many at once as there are workers."""
    work(job, items)


@job("machine.one", limit=Limit("flow:{flow}"), **POLICIES)
def one(job: Attempt, *, flow: int, items: int) -> None:
    """One at a time for each flow."""
    work(job, items)


@job("machine.two", limit=Limit("pair:", to=2), queue="slow", **POLICIES)
def two(job: Attempt, *, flow: int, items: int) -> None:
    """Two at a time, on another queue."""
    work(job, items)


@job("machine.refused", limit=Limit("report:{flow}", on_conflict="refuse"), **POLICIES)
def refused(job: Attempt, *, flow: int, items: int) -> None:
    """One at a time for each flow, others refused."""
    work(job, items)
