"""A kernel on each storage in turn, without Flask; and handlers that do as a test says."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import BigInteger, Column, Engine, MetaData, String, Table, insert, select
from sqlalchemy.orm import Session

from tests.servers import Servers
from webapp.jobs import Attempt, Job, Kernel, Pool, Retry, Settings, clock, job

from .storages import STORAGES, Places, Storage, tried

LEASE = 15.0

EFFECTS = Table(
    "effects",
    MetaData(),
    Column("job", String, primary_key=True),
    Column("item", BigInteger, primary_key=True, autoincrement=False),
)
"""What jobs do: a row for each item; an item done twice breaks the primary key."""


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


@pytest.fixture(params=tried(STORAGES))
def storage(request: pytest.FixtureRequest) -> Storage:
    """Each storage in turn: so every test of the kernel's behaviour runs on all of them."""
    found: Storage = request.param
    return found


@pytest.fixture
def places(storage: Storage, servers: Servers, tmp_path: Path) -> Iterator[Places]:
    with storage.opened(tmp_path, servers) as places:
        yield places


@pytest.fixture
def engine(places: Places) -> Engine:
    """The ledger's database, with a table for the effects of jobs."""
    EFFECTS.create(places.ledger)
    return places.ledger


@pytest.fixture
def make_kernel(engine: Engine, places: Places) -> Iterator[Callable[..., Kernel]]:
    """Makes kernels on one ledger: `make_kernel(setting=value)`."""
    made: list[Kernel] = []

    @contextmanager
    def session() -> Iterator[Session]:
        with Session(engine, expire_on_commit=False) as opened, opened.begin():
            yield opened

    def make_kernel(**settings: Any) -> Kernel:
        measures = {"pools": [Pool("main", ("default",), 1)], "active_limit": 10, "lease_seconds": LEASE}
        chosen = Settings(**{"secret": b"secret", **places.messages, **measures, **settings})
        made.append(Kernel(chosen, session, session, MemoryCache()))
        return made[-1]

    yield make_kernel
    for pool in (engine for kernel in made for engine in kernel.engines.values()):
        pool.huey.storage.close()


@pytest.fixture
def kernel(make_kernel: Callable[..., Kernel]) -> Kernel:
    return make_kernel()


@pytest.fixture
def moments() -> Iterator[Callable[[float], None]]:
    """Holds the clock; moves it on by so many seconds."""
    with clock.held(1_000_000) as forward:
        yield forward


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
            return list(session.scalars(select(EFFECTS.c.item).where(EFFECTS.c.job == job_id).order_by(EFFECTS.c.item)))

    return effects


def put(session: Session, job_id: str, items: range) -> None:
    """The effect of a batch."""
    session.execute(insert(EFFECTS), [{"job": job_id, "item": item} for item in items])


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
