"""A kernel on a fresh storage, and a look into its ledger that goes past it.

A trigger in the ledger writes down every change of state, whoever makes it.
"""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import DDL, Column, Integer, MetaData, RowMapping, Select, String, Table, event
from sqlalchemy.orm import Session

from tests.servers import Servers
from webapp.jobs import FINISHED, Kernel, Pool, Settings, State

from .conftest import EFFECTS, MemoryCache
from .storages import Storage

LEASE = 600.0
"""Longer than a test: so no heartbeat comes but those that it asks for."""
ACTIVE_LIMIT = 4
"""Instead of ten, so that it is met often."""
WORKERS = 3

STATE_AFTER = {
    "queued": State.QUEUED,
    "started": State.RUNNING,
    "resumed": State.RUNNING,
    "blocked": State.BLOCKED,
    "unblocked": State.QUEUED,
    "interrupted": State.QUEUED,
    "resuming": State.QUEUED,
    "retrying": State.QUEUED,
    "retried": State.SCHEDULED,
    "parked": State.SCHEDULED,
} | {state.value: state for state in (State.PAUSING, State.PAUSED, State.CANCELLING, *FINISHED)}
"""What a job is after an event of its history. Events that are not here change no state."""

MOVES = Table(
    "moves",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("job", String),
    Column("was", String),
    Column("became", String),
    Column("tokens", Integer),
    Column("revisions", Integer),
)
NOTE = """
    INSERT INTO moves (job, was, became, tokens, revisions)
    VALUES (new.id, old.state, new.state, new.token - old.token, new.revision - old.revision);
"""
CHANGED = "old.state <> new.state OR new.token < old.token"
TRIGGERS = {
    "sqlite": [f"CREATE TRIGGER moving AFTER UPDATE ON jobs WHEN {CHANGED} BEGIN {NOTE} END"],
    "postgresql": [
        f"CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {NOTE} RETURN new; END $$",
        f"CREATE TRIGGER moving AFTER UPDATE ON jobs FOR EACH ROW WHEN ({CHANGED}) EXECUTE FUNCTION note()",
    ],
}
for dialect, statements in TRIGGERS.items():
    for statement in statements:
        event.listen(MOVES, "after_create", DDL(statement).execute_if(dialect=dialect))


class Stage:
    """A kernel whose ledger can be looked into, with what jobs do and how they move written down in it."""

    def __init__(self, storage: Storage, servers: Servers, folder: Path):
        self._around = ExitStack()
        places = self._around.enter_context(storage.opened(folder, servers))
        self._ledger = places.ledger
        for table in (EFFECTS, MOVES):
            table.create(self._ledger)
        measures = {"lease_seconds": LEASE, "active_limit": ACTIVE_LIMIT, "keep_days": 3650}
        pools = [Pool("main", ("default", "slow"), WORKERS)]
        chosen = Settings(pools=pools, secret=b"secret", **places.messages, **measures)
        self.kernel = Kernel(chosen, self._session, self._session, MemoryCache())
        self.engine = self.kernel.engines["main"]
        self._around.callback(self.engine.huey.storage.close)

    def rows(self, query: Select[Any]) -> list[RowMapping]:
        """What the ledger holds."""
        with self._ledger.begin() as connection:
            return list(connection.execute(query).mappings())

    def close(self) -> None:
        """Lets go of everything."""
        self._around.close()

    @contextmanager
    def _session(self) -> Iterator[Session]:
        with Session(self._ledger, expire_on_commit=False) as opened, opened.begin():
            yield opened
