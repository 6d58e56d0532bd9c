"""Workers that stand still between two batches until a test tells them how to go on, and files that tell everything.

So every interleaving of attempts, requests, housekeeping and clock can be made, and made again. A trigger in the
ledger writes down every change of state, whoever makes it.
"""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from enum import Enum, auto
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.orm import Session

from webapp.jobs import Attempt, Kernel, Ledger, Limit, Pool, Retry, Settings, job

from .conftest import GoneForGood, MemoryCache, put

LEASE = 600.0
"""Longer than the test: so no heartbeat comes but those that the machine asks for."""
ACTIVE_LIMIT = 4
"""Instead of ten, so that it is met often."""
WORKERS = 3
SLOTS = {"flow": 1, "pair": 2, "report": 1}

WATCH = """
CREATE TABLE effects (job TEXT, item INTEGER, PRIMARY KEY (job, item));
CREATE TABLE moves (job TEXT, was TEXT, became TEXT, tokens INTEGER, revisions INTEGER);
CREATE TRIGGER moving AFTER UPDATE ON jobs WHEN old.state <> new.state OR new.token < old.token BEGIN
    INSERT INTO moves VALUES (new.id, old.state, new.state, new.token - old.token, new.revision - old.revision);
END;
"""


class Killed(BaseException):
    """The worker dies: nothing of the attempt comes back."""


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

    def carry_out_before(self) -> None:
        """What happens outside of a transaction."""
        if self is Order.FAIL:
            raise ConnectionError
        if self is Order.FAIL_FOR_GOOD:
            raise GoneForGood
        if self is Order.FAIL_UNFORESEEN:
            raise ZeroDivisionError
        if self is Order.DIE:
            raise Killed

    def carry_out_inside(self) -> None:
        """What happens before the commit of a batch."""
        if self is Order.FAIL_IN_BATCH:
            raise TimeoutError
        if self is Order.DIE_IN_BATCH:
            raise Killed


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
        order.carry_out_before()
        done = attempt.cursor or 0
        if done == items:
            return
        if order is Order.REPORT:
            attempt.report(f"Item {done}")
            continue
        with attempt.batch(done + 1, processed=done + 1, total=items) as session:
            put(session, attempt.id, range(done, done + 1))
            order.carry_out_inside()


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


class Files:
    """A kernel on files of its own, and a look into them that goes past it."""

    def __init__(self, folder: Path):
        self._folder = folder
        self._engine = create_engine(f"sqlite:///{folder}/ledger.db", connect_args={"timeout": 10})
        event.listen(self._engine, "connect", _configure)
        event.listen(self._engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
        Ledger.metadata.create_all(self._engine)
        self._look = sqlite3.connect(folder / "ledger.db", isolation_level=None)
        self._look.row_factory = sqlite3.Row
        self._look.executescript(WATCH)
        measures = {"lease_seconds": LEASE, "active_limit": ACTIVE_LIMIT, "keep_days": 3650}
        pools = [Pool("main", ("default", "slow"), WORKERS)]
        chosen = Settings(pools=pools, queue_file=folder / "queue.db", secret=b"secret", **measures)
        self.kernel = Kernel(chosen, self._session, self._session, MemoryCache())

    def rows(self, query: str, *values: Any) -> list[sqlite3.Row]:
        """What the ledger holds."""
        return self._look.execute(query, values).fetchall()

    def close(self) -> None:
        """Lets go of everything."""
        storage = self.kernel.engines["main"].huey.storage
        storage.close()
        self._look.close()
        self._engine.dispose()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._engine, expire_on_commit=False) as opened, opened.begin():
            yield opened


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # processes die here, not the machine
