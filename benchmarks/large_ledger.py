"""The pages of jobs over a ledger with a million of them."""

import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from functools import partial
from statistics import median

from flask.testing import FlaskClient
from sqlalchemy import func, select

from webapp.accounts import passwords, service
from webapp.console.narrowing import STATUSES
from webapp.console.pages import LISTED
from webapp.db import db, reading, writing
from webapp.jobs import STATUS, jobs_of
from webapp.jobs.search import WITHOUT_WORDS, Indexer
from webapp.web.paging import Page

from .figures import Figure, p95
from .instances import Instance, instance
from .visitors import PASSWORD, sign_in

JOBS, TINY = 1_000_000, 2_000
CROWD, FEW = range(1, 21), range(21, 31)
"""The ids of the people of a large organization, whose almost all jobs are, and of a small one."""

FILL = """
WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < :count - 1)
INSERT INTO jobs (id, handler, queue, arguments, title, kind, subject_id, owner_id, state, revision, token, failures,
    failures_by, interruptions, losses_here, processed, total, unit, resumed_from, run_at, created_at, started_at,
    resumed_at, updated_at, completed_at, outcome {extra})
SELECT printf('%016x', i * 1234567891), 'bench.nothing', 'default', '{{}}', 'Import hours-' || i || '.xlsx', 'import',
    1 + i % 500, CASE WHEN i * 7919 % 1000 < 10 THEN 21 + i % 10 ELSE 1 + i % 20 END,
    CASE WHEN i % 100 = 0 THEN 'failed' WHEN i % 200 = 1 THEN 'cancelled' ELSE 'completed' END, 9, 2, 0,
    '{{}}', 0, 0, 20000, 20000, 'rows', 0, :now - i, :now - i, :now - i, :now - i, :now - i, :now - i,
    '20,000 of 20,000 rows: 19,000 inserted, 1,000 updated' {values}
FROM n
"""

PLACES = {
    "list": "/jobs", "list, page 2": "/jobs?page=2", "list, last page reached": "/jobs?page=40",
    "completed": "/jobs?status=completed", "failed": "/jobs?status=failed", "cancelled": "/jobs?status=cancelled",
    "processing": "/jobs?status=processing",
    "search, a word of all titles": "/jobs?q=hours", "search, its last page": "/jobs?q=hours&page=40",
    "search, the beginning of a word of all": "/jobs?q=impor", "search, a digit of many": "/jobs?q=7",
    "search, a word of one title": "/jobs?q=hours-777777", "search, a word of none": "/jobs?q=lighthouse",
    "search, an id": f"/jobs?q={123456 * 1234567891:016x}", "search, failed ones": "/jobs?q=hours&status=failed",
    "search, words and a person": "/jobs?q=import+hours&owner=2", "a queue": "/jobs?queue=default",
    "a queue without jobs": "/jobs?queue=flows", "a handler and a person": "/jobs?handler=bench.nothing&owner=22",
}  # fmt: skip
"""What is asked for; every title is `Import hours-<number>.xlsx`."""


def measure(tiny: bool) -> list[Figure]:
    """Milliseconds in the server for whole pages: to the admins of both organizations, and to a member."""
    with instance() as here:
        with here.app.app_context():
            _people()
            _fill(here, TINY if tiny else JOBS)
        people = {"admin of all": "user1", "admin of few": "user21", "member": "user2"}
        clients = {who: sign_in(here.app.test_client(), f"{name}@example.org") for who, name in people.items()}
        with here.app.app_context():
            queries = [
                _judged(f"query and count, {word or 'all'}, of {who}", partial(_read, owners, word), tiny)
                for word in ("", *STATUSES)
                for who, owners in {"all": [*CROWD], "few": [*FEW], "one": [CROWD[1]]}.items()
            ]
        pages = [
            _judged(f"page of jobs, {place}, to the {who}", partial(_get, client, address), tiny)
            for place, address in PLACES.items()
            for who, client in clients.items()
        ]
        return queries + pages


def _judged(what: str, read: Callable[[], None], tiny: bool) -> Figure:
    """By the clock on the wall; besides, what the processor took of it, which tells more while others use it too."""
    read()  # the first reader pays for templates and prepared statements
    times = [_milliseconds(read) for _ in range(2 if tiny else 15)]
    slow, middle, busy = p95([wall for wall, _ in times]), *(median(kind) for kind in zip(*times, strict=True))
    note = f"median {middle:.1f} ms, of the processor {busy:.1f} ms"
    return Figure(what, slow, "ms (p95)", {}, "≤ 50 ms", None if tiny else slow <= 50, note)


def _milliseconds(read: Callable[[], None]) -> tuple[float, float]:
    """On the wall, and of the processor: all runs in this very thread."""
    begun, busy = time.perf_counter(), time.thread_time()
    read()
    return 1000 * (time.perf_counter() - begun), 1000 * (time.thread_time() - busy)


def _get(client: FlaskClient, address: str) -> None:
    answer = client.get(address)
    assert answer.status_code == 200, answer.status


def _read(owners: list[int], word: str) -> None:
    """What the page of jobs asks of the database."""
    states = [state for state, status in STATUS.items() if status == word] or None
    query, many = (jobs_of(owners, states=states, many=many) for many in (False, True))
    with reading() as session:
        Page.of(session, query, 1, at_most=LISTED, many=many)


def _people() -> None:
    password_hash = passwords.hashed(PASSWORD)
    with writing() as session:
        for number in (*CROWD, *FEW):
            service.create_user(
                session,
                email=f"user{number}@example.org",
                name=f"User {number}",
                role="admin" if number in (CROWD[0], FEW[0]) else "member",
                organization="Large" if number in CROWD else "Small",
                password_hash=password_hash,
            )


def _fill(here: Instance, count: int) -> None:
    """Straight into the file, the indexes afterwards."""
    db.engine.dispose()
    with closing(sqlite3.connect(here.folder / "app.db", isolation_level=None)) as connection:
        find = "SELECT name, sql FROM sqlite_master WHERE tbl_name = 'jobs' AND type = 'index' AND sql IS NOT NULL"
        indexes = connection.execute(find).fetchall()
        for name, _ in indexes:
            connection.execute(f"DROP INDEX {name}")
        extra = _other_required(connection)
        fill = FILL.format(extra="".join(f", {name}" for name in extra), values=", 0" * len(extra))
        connection.execute(fill, {"count": count, "now": time.time()})
        for _, statement in indexes:
            connection.execute(statement)
    indexer = Indexer(reading, writing, portion=20_000)
    with reading() as session:
        while session.scalar(select(func.count()).select_from(WITHOUT_WORDS)):
            session.rollback()
            indexer.round()


def _other_required(connection: sqlite3.Connection) -> list[str]:
    """Columns that must have a value and have none above: counters, all of them."""
    columns = connection.execute("PRAGMA table_info(jobs)").fetchall()
    return [name for _, name, _, required, *_ in columns if required and f" {name}" not in FILL.replace("\n", " ")]
