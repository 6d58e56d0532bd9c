"""Prepared statements: the same as SQLAlchemy's own, on databases of both ways to name parameters."""

import sqlite3
import threading

import pytest
from sqlalchemy import bindparam, create_engine, func, insert, select, text, update
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.orm import Session

from webapp.jobs import Ledger, prepared
from webapp.jobs.models import JobSchedule
from webapp.jobs.outages import is_outage

from .storages import SERVERS, tried

SCHEDULES = JobSchedule.__table__
ADD = insert(SCHEDULES).returning(*SCHEDULES.c)
ROW = {
    "name": "nightly", "handler": "tests.scripted", "arguments": {"rows": [1, None, "ä"]}, "rule": "every 60",
    "zone": "UTC", "missed": "skip", "enabled": True, "declared": False, "title": "Every night", "kind": "test",
    "subject_id": "1", "owner_id": None, "next_at": 17.5, "last_at": None,
}  # fmt: skip


@pytest.fixture(params=["qmark", "named"])
def session(request, tmp_path):
    engine = create_engine(f"sqlite:///{tmp_path}/prepared.db", paramstyle=request.param, connect_args={"timeout": 0})
    Ledger.metadata.create_all(engine)
    with Session(engine) as session:
        yield session
    engine.dispose()


def test_values_go_in_and_come_out_as_sqlalchemy_has_them(session):
    assert prepared.run(session, ADD, ROW) == ROW
    assert dict(session.execute(select(SCHEDULES)).one()._mapping) == ROW


def test_what_is_not_found_is_none(session):
    assert prepared.run(session, select(SCHEDULES.c.name).where(SCHEDULES.c.name == "none"), {}) is None


def test_a_statement_that_answers_nothing_answers_none(session):
    prepared.run(session, ADD, ROW)
    assert prepared.run(session, update(SCHEDULES), {"title": "Each night"}) is None
    assert session.scalar(select(SCHEDULES.c.title)) == "Each night"


def test_one_statement_takes_other_values_and_other_columns_each_time(session):
    prepared.run(session, ADD, ROW)
    change = update(SCHEDULES).values(next_at=SCHEDULES.c.next_at + 1).returning(SCHEDULES.c.next_at, SCHEDULES.c.title)
    assert prepared.run(session, change, {"title": "A"}) == {"next_at": 18.5, "title": "A"}
    assert prepared.run(session, change, {"title": "B"}) == {"next_at": 19.5, "title": "B"}
    assert prepared.run(session, change, {"enabled": False}) == {"next_at": 20.5, "title": "B"}


def test_it_is_part_of_the_sessions_transaction(session):
    prepared.run(session, ADD, ROW)
    session.rollback()
    assert session.scalar(select(SCHEDULES.c.name)) is None


def test_what_goes_wrong_is_said_as_sqlalchemy_says_it_without_the_values(session):
    prepared.run(session, ADD, ROW)
    with pytest.raises(IntegrityError) as raised:
        prepared.run(session, ADD, ROW)
    assert isinstance(raised.value.orig, sqlite3.IntegrityError)
    assert "Every night" not in str(raised.value)


def test_a_database_that_is_locked_is_an_operational_error(session, tmp_path):
    other = sqlite3.connect(tmp_path / "prepared.db", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OperationalError, match="locked"):
        prepared.run(session, ADD, ROW)
    other.close()


def test_threads_prepare_the_same_statement_at_once(session, tmp_path):
    engine, found = session.get_bind(), []
    look = select(SCHEDULES.c.name, SCHEDULES.c.arguments)
    prepared.run(session, ADD, ROW)
    session.commit()

    def run():
        with Session(engine) as own:
            found.append(prepared.run(own, look, {}))

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [{"name": "nightly", "arguments": ROW["arguments"]}] * 8


def test_a_session_that_has_executed_other_statements_goes_on(session):
    session.execute(text("SELECT 1"))
    prepared.run(session, ADD, ROW)
    assert session.scalar(select(SCHEDULES.c.name)) == "nightly"


def test_many_rows_go_in_at_once_with_what_they_share(session):
    shared = {name: value for name, value in ROW.items() if name not in ("title", "name")}
    prepared.run_many(session, insert(SCHEDULES), ("title", "name"), [("A", "a"), ("B", "b")], shared)
    rows = session.execute(select(SCHEDULES).order_by(SCHEDULES.c.name))
    assert [dict(row._mapping) for row in rows] == [ROW | {"name": n, "title": n.upper()} for n in ("a", "b")]


def test_of_no_rows_nothing_goes_in(session):
    prepared.run_many(session, insert(SCHEDULES), ("name",), [], {})
    assert prepared.find_all(session, select(SCHEDULES.c.name), {}) == []


def test_each_row_can_change_another_one(session):
    for name in ("a", "b"):
        prepared.run(session, ADD, ROW | {"name": name})
    rename = update(SCHEDULES).where(SCHEDULES.c.name == bindparam("this"))
    prepared.run_many(session, rename, ("this", "arguments"), [("b", [2]), ("a", [1])], {"title": "Same"})
    found = session.execute(select(SCHEDULES.c.name, SCHEDULES.c.arguments, SCHEDULES.c.title))
    assert sorted(found) == [("a", [1], "Same"), ("b", [2], "Same")]


def test_all_rows_of_a_query_are_found(session):
    for name in ("a", "b", "c"):
        prepared.run(session, ADD, ROW | {"name": name})
    some = select(SCHEDULES.c.name).where(SCHEDULES.c.name.in_([bindparam("one"), bindparam("other")]))
    assert sorted(prepared.find_all(session, some, {"one": "a", "other": "c"})) == [("a",), ("c",)]
    assert prepared.find_all(session, some, {"one": "b", "other": None}) == [("b",)]


@pytest.mark.parametrize("storage", tried([SERVERS]), indirect=True)
def test_a_connection_that_is_lost_is_an_outage_and_the_next_one_is_another(kernel):
    gone = select(func.pg_terminate_backend(func.pg_backend_pid()).label("gone"))
    with pytest.raises(OperationalError) as lost, kernel.writing() as session:
        prepared.run(session, gone, {})
    assert is_outage(lost.value)
    with kernel.writing() as session:
        assert prepared.run(session, select(SCHEDULES.c.name), {}) is None
