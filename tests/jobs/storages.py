"""The storages on which the kernel's behaviour is tried: a database for its ledger, and a place for its messages.

To try it on another is to add a line to STORAGES.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, create_engine, event

from tests.servers import Servers, program
from webapp.jobs import Ledger


@dataclass(frozen=True)
class Places:
    """An empty ledger, and where the messages wait: Settings takes them as they stand here."""

    ledger: Engine
    messages: dict[str, Any]


@dataclass(frozen=True)
class Storage:
    """A kind of storage: what it is called, how a fresh one is opened, and what that needs on this machine."""

    name: str
    open_ledger: Callable[[Path, Servers], Engine]
    messages_in: Callable[[Path, Servers], dict[str, Any]]
    programs: tuple[str, ...] = ()
    drivers: tuple[str, ...] = ()

    @contextmanager
    def opened(self, folder: Path, servers: Servers) -> Iterator[Places]:
        """A fresh one, for one test."""
        ledger = self.open_ledger(folder, servers)
        Ledger.metadata.create_all(ledger)
        try:
            yield Places(ledger, self.messages_in(folder, servers))
        finally:
            event.listen(ledger, "checkin", _close)
            ledger.dispose()

    @property
    def missing(self) -> list[str]:
        """What it needs and this machine has not."""
        programs = [name for name in self.programs if program(name) is None]
        return programs + [name for name in self.drivers if find_spec(name) is None]


def sqlite(folder: Path, _servers: Servers) -> Engine:
    """A file, each of whose transactions begins as one that writes."""
    engine = create_engine(f"sqlite:///{folder}/ledger.db", connect_args={"timeout": 10})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def postgresql(_folder: Path, servers: Servers) -> Engine:
    """The one database of the server, emptied."""
    engine = create_engine(servers.postgresql)
    with engine.begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    return engine


def in_a_file(folder: Path, _servers: Servers) -> dict[str, Any]:
    return {"queue_file": folder / "queue.db"}


def in_postgresql(folder: Path, servers: Servers) -> dict[str, Any]:
    return in_a_file(folder, servers) | {"queue_url": servers.postgresql}


def in_redis(folder: Path, servers: Servers) -> dict[str, Any]:
    """The one Redis of the server, emptied."""
    import redis

    with redis.Redis.from_url(servers.redis) as client:
        client.flushall()
    return in_a_file(folder, servers) | {"queue_url": servers.redis}


SQLITE = Storage("sqlite", sqlite, in_a_file)
SERVERS = Storage("servers", postgresql, in_redis, ("initdb", "postgres", "redis-server"), ("psycopg", "redis"))
ONE_SERVER = Storage("one-server", postgresql, in_postgresql, ("initdb", "postgres"), ("psycopg",))

STORAGES = [SQLITE, SERVERS]
"""All that the kernel does is tried on each of these."""
DELIVERIES = [*STORAGES, ONE_SERVER]
"""The delivery of jobs is tried on these too."""

on_sqlite_only = pytest.mark.parametrize("storage", [SQLITE], indirect=True, ids=["sqlite"])
"""For a test of what only SQLite has, or of its very files."""


def tried(storages: list[Storage]) -> list[Any]:
    """Those of them that can be tried on this machine; all of them where a landing is decided."""
    found = [storage for storage in storages if os.environ.get("CI") == "true" or not storage.missing]
    return [pytest.param(storage, id=storage.name) for storage in found]


def _close(connection: Any, _record: Any) -> None:
    """For the heartbeat that is under way when its attempt, and the test, are over."""
    if connection is not None:
        connection.close()


def _configure(connection: Any, _record: Any) -> None:
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=OFF")  # processes die here, not the machine
