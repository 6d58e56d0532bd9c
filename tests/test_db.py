"""The two kinds of transaction."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import bindparam, select, text
from sqlalchemy.exc import DBAPIError, OperationalError

from webapp.accounts.models import Organization
from webapp.db import db, lookup, reading, writing

pytestmark = pytest.mark.usefixtures("context")


@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 1), ("foreign_keys", 1), ("busy_timeout", 10_000)]
)
def test_every_connection_has_the_settings_of_the_house(pragma, value):
    with reading() as session:
        assert session.scalar(text(f"PRAGMA {pragma}")) == value


def test_a_write_transaction_holds_the_lock_from_its_first_statement_even_if_that_reads(app):
    order: list[str] = []
    begun = threading.Event()

    def second() -> None:
        begun.wait()
        with app.app_context(), writing() as session:
            session.query(Organization).count()
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with writing() as session:
        session.query(Organization).count()
        begun.set()
        thread.join(0.3)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


@pytest.mark.every_database
def test_writers_that_read_first_wait_for_each_other_instead_of_failing(app):
    def count_up(number: int) -> None:
        with app.app_context(), writing() as session:
            known = len(session.query(Organization).all())
            session.add(Organization(name=f"{number} after {known}", created_at=datetime.now(UTC)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(count_up, range(40)))
    with reading() as session:
        assert session.query(Organization).count() == 42


@pytest.mark.every_database
def test_an_error_rolls_everything_back():
    def add_and_fail() -> None:
        with writing() as session:
            session.add(Organization(name="Never", created_at=datetime.now(UTC)))
            session.flush()
            raise ConnectionError

    with pytest.raises(ConnectionError):
        add_and_fail()
    with reading() as session:
        assert session.query(Organization).filter_by(name="Never").count() == 0


@pytest.mark.every_database
def test_a_reader_sees_one_state_while_others_write(app):
    with reading() as session:
        before = session.query(Organization).count()
        with writing() as other:
            other.add(Organization(name="New", created_at=datetime.now(UTC)))
        assert session.query(Organization).count() == before


@pytest.mark.every_database
def test_moments_come_back_aware_and_in_utc():
    here = datetime(2026, 11, 22, 12, tzinfo=timezone(timedelta(hours=3)))
    with writing() as session:
        session.add(Organization(name="East", created_at=here))
    with reading() as session:
        kept = session.query(Organization).filter_by(name="East").one().created_at
    assert kept == here
    assert kept.tzinfo is UTC


def test_each_application_has_its_own_database(make_app, tmp_path):
    other = make_app({"INSTANCE_DIR": str(tmp_path / "other")})
    here = db.engine.url
    with other.app_context():
        assert db.engine.url != here


FOUNDED = select(Organization.name, Organization.created_at).where(
    Organization.name == bindparam("called"), Organization.created_at <= bindparam("before")
)


@pytest.mark.every_database
def test_a_lookup_takes_and_gives_what_a_session_would():
    founded = datetime(2026, 3, 1, 12, 30, tzinfo=timezone(timedelta(hours=2)))
    with writing() as session:
        session.add(Organization(name="Lighthouse", created_at=founded))
    assert lookup(db.engine, FOUNDED, called="Lighthouse", before=founded) == {
        "name": "Lighthouse",
        "created_at": founded,
    }
    assert lookup(db.engine, FOUNDED, called="Lighthouse", before=founded - timedelta(seconds=1)) is None


@pytest.mark.every_database
def test_a_lookup_sees_only_what_is_committed_and_that_at_once():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with writing() as session:
        session.add(Organization(name="Lighthouse", created_at=moment))
        session.flush()
        assert lookup(db.engine, FOUNDED, called="Lighthouse", before=moment) is None
    assert lookup(db.engine, FOUNDED, called="Lighthouse", before=moment) is not None


def test_a_lookup_that_fails_fails_like_any_query():
    moment = datetime(2026, 3, 1, tzinfo=UTC)
    with writing() as session:
        session.execute(text("ALTER TABLE organizations RENAME TO companies"))
    with pytest.raises(DBAPIError, match="no such table"):
        lookup(db.engine, FOUNDED, called="Lighthouse", before=moment)


@pytest.fixture
def path(app):
    return app.config["INSTANCE_DIR"] / "app.db"


def count():
    with reading() as session:
        return session.query(Organization).count()


def test_a_database_that_is_away_is_not_made_anew_and_has_lost_nothing_when_it_is_back(path):
    with writing() as session:
        session.add(Organization(name="In the log only", created_at=datetime.now(UTC)))
    path.rename(path.with_name("elsewhere"))
    for _ in range(3):
        with pytest.raises(OperationalError, match="unable to open database file"):
            count()
    assert not path.exists()
    path.with_name("elsewhere").rename(path)
    assert count() == 3


def test_a_database_that_was_replaced_is_read_from_then_on(path, peopled_database):
    with writing() as session:
        session.add(Organization(name="Gone soon", created_at=datetime.now(UTC)))
    assert count() == 3
    for part in ("-wal", "-shm"):
        path.with_name(path.name + part).unlink()
    path.with_name("copy").write_bytes(peopled_database.read_bytes())
    path.with_name("copy").rename(path)
    assert count() == 2
