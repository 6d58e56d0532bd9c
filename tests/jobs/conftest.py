"""A kernel on a real database file, without Flask; and handlers that do as a test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event, text
from sqlalchemy.orm import Session

from webapp.jobs import Attempt, Job, Kernel, Ledger, Pool, Retry, Settings, job

LEASE = 15.0


class GoneForGood(Exception):
    """The thing that this job is about is gone."""

    sentence = "The thing that this job is about is gone."


class MemoryCache(dict[str, Any]):
    """The least that the kernel asks of a cache."""

    def set_many(self, mapping: dict[str, Any], timeout: int | None = None) -> None:
        self.update(mapping)


class Script:
    """What the scripted handler does: a function of the attempt, exchanged by each test."""

    def __init__(self) -> None:
        self.does: Callable[[Attempt], Any] = lambda attempt: None


SCRIPT = Script()


@job("tests.scripted", retry=[Retry(Exception, wait=10, attempts=3, jitter=0)], discard=[GoneForGood])
def scripted(job: Attempt) -> Any:
    """Does what the test says."""
    return SCRIPT.does(job)


@pytest.fixture(autouse=True)
def script() -> Script:
    SCRIPT.__init__()
    return SCRIPT


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = create_engine(f"sqlite:///{tmp_path}/ledger.db", connect_args={"timeout": 10})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    Ledger.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE effects (job TEXT, item INTEGER, PRIMARY KEY (job, item))"))
    yield engine
    engine.dispose()


@pytest.fixture
def make_kernel(engine: Engine, tmp_path: Path) -> Callable[..., Kernel]:
    """Makes kernels on one ledger: `make_kernel(setting=value)`."""

    @contextmanager
    def session() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as opened, opened.begin():
            yield opened

    def make_kernel(**settings: Any) -> Kernel:
        measures = {"pools": [Pool("main", ("default",), 1)], "active_limit": 10, "lease_seconds": LEASE}
        chosen = Settings(**{"queue_file": tmp_path / "queue.db", "secret": b"secret", **measures, **settings})
        return Kernel(chosen, session, session, MemoryCache())

    return make_kernel


@pytest.fixture
def kernel(make_kernel: Callable[..., Kernel]) -> Kernel:
    return make_kernel()


@pytest.fixture
def enqueue(kernel: Kernel) -> Callable[..., Job]:
    def enqueue(owner: int | None = 1, **options: Any) -> Job:
        with kernel.writing() as session:
            return kernel.enqueue(session, scripted, owner=owner, subject=("test", 1), title="A test", **options)

    return enqueue


@pytest.fixture
def effects(kernel: Kernel) -> Callable[[str], list[int]]:
    def effects(job_id: str) -> list[int]:
        with kernel.reading() as session:
            rows = session.execute(text("SELECT item FROM effects WHERE job = :job ORDER BY item"), {"job": job_id})
            return [item for (item,) in rows]

    return effects


def put(session: Session, job_id: str, items: range) -> None:
    """The effect of a batch: one row for each item; an item done twice breaks the primary key."""
    rows = [{"job": job_id, "item": item} for item in items]
    session.execute(text("INSERT INTO effects VALUES (:job, :item)"), rows)


def counting(up_to: int, by: int, between: Callable[[int], None] = lambda item: None) -> Callable[[Attempt], Any]:
    """A handler that does the items 0 … `up_to` in batches, from its cursor on, and calls `between` before each."""

    def count(attempt: Attempt) -> dict[str, int]:
        start = attempt.cursor or 0
        for first in range(start, up_to, by):
            between(first)
            with attempt.batch(first + by, processed=first + by, total=up_to) as session:
                put(session, attempt.id, range(first, first + by))
        return {"done": up_to}

    return count
