"""A ledger that does not answer for a while: the job waits for it, and it is nobody's failure."""

import logging
import sqlite3

import pytest
from sqlalchemy import create_engine, event, text
from sqlalchemy.exc import OperationalError

from webapp.jobs import Ledger, State, clock, history
from webapp.jobs.complaints import EVERY, Complaints
from webapp.jobs.outages import is_outage

from .conftest import LEASE, counting
from .storages import _configure
from .test_attempts import lose_worker


@pytest.fixture
def engine(tmp_path):
    """The ledger of all tests, but for its patience: who finds it locked is told so at once."""
    engine = create_engine(f"sqlite:///{tmp_path}/ledger.db", connect_args={"timeout": 0})
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    Ledger.metadata.create_all(engine)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE effects (job TEXT, item INTEGER, PRIMARY KEY (job, item))"))
    yield engine
    engine.dispose()


class Outage:
    """A lock on the ledger that another program holds until so many seconds have passed: `outage(seconds)`."""

    def __init__(self, path, held):
        self._connection, self._held, self._ends_at = sqlite3.connect(path, isolation_level=None), held, 0.0
        self._sleep, clock._sleep = clock._sleep, self._watch

    def __call__(self, seconds):
        self._connection.execute("BEGIN IMMEDIATE")
        self._ends_at = self._held.passed + seconds

    def end(self):
        self._connection.rollback()

    def close(self):
        self._connection.close()

    def _watch(self, seconds):
        self._sleep(seconds)
        if self._held.passed >= self._ends_at:
            self.end()


@pytest.fixture
def outage(tmp_path, held):
    outage = Outage(tmp_path / "ledger.db", held)
    yield outage
    outage.close()


@pytest.fixture
def held():
    with clock.held(1_780_000_000.0) as held:
        yield held


def lines(caplog, words):
    return [record for record in caplog.records if words in record.getMessage()]


def test_a_job_whose_ledger_is_locked_in_its_midst_goes_on_later_and_has_not_failed(
    kernel, enqueue, script, effects, outage, held, caplog
):
    script.does = counting(up_to=100, by=10, between=lambda item: outage(300) if item == 50 and not begun else None)
    begun = []
    job = enqueue()
    kernel.run(job.id)
    stopped = kernel.find(job.id)
    assert (stopped.state, stopped.processed, stopped.interruptions, stopped.failures) == (State.SCHEDULED, 50, 1, 0)
    with kernel.reading() as session:
        assert [each.detail for each in history(session, job.id)][-1] == (
            "the database did not answer: database is locked"
        )
    assert len(lines(caplog, "The worker waits for it")) == 300 / EVERY
    begun.append(True)
    held(10)
    kernel.housekeep("main")
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED
    assert effects(job.id) == list(range(100))


def test_a_job_that_has_come_to_its_end_waits_for_the_ledger_to_say_so(kernel, enqueue, script, outage):
    script.does = lambda attempt: outage(300)
    job = enqueue()
    kernel.run(job.id)
    done = kernel.find(job.id)
    assert (done.state, done.interruptions, done.failures) == (State.COMPLETED, 0, 0)


def test_a_worker_that_was_woken_waits_for_the_ledger_and_takes_its_job(kernel, enqueue, outage):
    job = enqueue()
    outage(300)
    assert kernel.run_next("main")
    assert kernel.find(job.id).state == State.COMPLETED


def test_a_worker_that_is_to_stop_waits_for_no_ledger(kernel, enqueue, script, outage, caplog):
    stopping = kernel.engines["main"].huey.hooks.stopping
    job = enqueue()
    script.does = lambda attempt: (outage(300), stopping.append(lambda: True))
    assert kernel.run_next("main")
    assert len(lines(caplog, "comes back when its lease has run out")) == 1
    assert not kernel.run_next("main")
    outage.end()
    assert kernel.find(job.id).state == State.RUNNING


def test_a_failure_of_a_database_of_the_handler_s_own_is_a_failure(kernel, enqueue, script):
    def fail(attempt):
        raise OperationalError("SELECT 1", {}, locked_error())

    script.does = fail
    job = enqueue()
    kernel.run(job.id)
    assert (kernel.find(job.id).failures, kernel.find(job.id).interruptions) == (1, 0)


def test_housekeeping_goes_on_after_five_minutes_and_says_so_once_a_period(kernel, enqueue, outage, caplog):
    job = enqueue(delay=60)
    kernel.housekeep("main")
    outage(300)
    for _ in range(301):
        kernel.housekeep("main")
        clock.sleep(1)
    kernel.housekeep("main")
    assert kernel.find(job.id).state == State.QUEUED
    complaints = lines(caplog, "housekeeping failed and goes on")
    assert 0 < len(complaints) <= 300 / EVERY
    assert {record.getMessage() for record in complaints} == {"housekeeping failed and goes on: database is locked"}
    assert [record.exc_info for record in complaints] == [None] * len(complaints)


def test_whoever_lives_through_an_outage_keeps_its_job(kernel, enqueue, script, outage, held):
    def outlive(attempt):
        with attempt.batch(1):
            pass
        outage(300)
        for _ in range(301):
            kernel.housekeep("main")
            clock.sleep(1)
        kernel.housekeep("main")
        assert kernel.find(attempt.id).state == State.RUNNING
        with attempt.batch(2):
            pass

    kernel.housekeep("main")
    waiting = enqueue(delay=60)  # so that housekeeping has something to write
    script.does = outlive
    job = enqueue()
    kernel.run(job.id)
    assert (kernel.find(job.id).state, kernel.find(job.id).interruptions) == (State.COMPLETED, 0)
    assert kernel.find(waiting.id).state == State.QUEUED


def test_whoever_does_not_live_through_it_loses_it_a_lease_later(kernel, enqueue, script, outage, held):
    kernel.housekeep("main")
    job = enqueue()
    lose_worker(kernel, job, script)
    outage(300)
    for _ in range(300 + round(LEASE) + 3):
        kernel.housekeep("main")
        clock.sleep(1)
    assert kernel.find(job.id).state == State.QUEUED


def locked_error():
    error = sqlite3.OperationalError("database is locked")
    error.sqlite_errorcode = sqlite3.SQLITE_BUSY
    return error


def test_a_mistake_in_a_statement_is_no_outage(kernel):
    with kernel.reading() as session, pytest.raises(OperationalError) as raised:
        session.execute(text("SELECT nothing"))
    assert not is_outage(raised.value)
    assert is_outage(OperationalError("SELECT 1", {}, locked_error()))


def test_a_complaint_is_made_once_a_period_for_each_thing(held, caplog):
    complaints = Complaints()
    for _ in range(90):
        complaints.tell("first", "the first thing", level=logging.ERROR)
        complaints.tell("second", "the second thing")
        held(1)
    assert (len(lines(caplog, "first")), len(lines(caplog, "second"))) == (3, 3)
