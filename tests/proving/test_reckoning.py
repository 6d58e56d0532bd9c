"""The books of a proof see what is wrong: an effect that is gone or came twice, and whatever is left over."""

from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy

import pytest
from sqlalchemy import text

from webapp.extensions import POOLS
from webapp.instance import prepare
from webapp.jobs import Handler
from webapp.proving.accepted import Accepted, Expected
from webapp.proving.jobs import give_up, iterate
from webapp.proving.reckoning import Books, reckon
from webapp.proving.scratch import Ground, Scratch
from webapp.proving.store import Store

ITEMS = 12
EFFECTS = frozenset(map(str, range(ITEMS)))


class Ledger:
    """A scratch installation without processes: a store, and what was accepted."""

    def __init__(self, store: Store):
        self.store, self.accepted = store, Accepted()

    def run(self, handler: Handler = iterate, expected: Expected | None = None) -> str:
        """The id of a job that was accepted and has run in this process."""
        job_id = self.enqueue(handler)
        self.accepted.note(job_id, expected or Expected(effects=EFFECTS))
        self.store.kernel.run(job_id)
        return job_id

    def enqueue(self, handler: Handler = iterate) -> str:
        """The id of a job that nobody knows of."""
        with self.store.writing() as session:
            options = {"owner": None, "subject": ("proof", "-"), "title": "Job", "items": ITEMS}
            return self.store.kernel.enqueue(session, handler, **options).id

    def spoil(self, statement: str, **values: object) -> None:
        """Writes past the kernel."""
        with self.store.writing() as session:
            session.execute(text(statement), values)

    def books(self) -> Books:
        """What is found."""
        return reckon(self.store, self.accepted, set())


@pytest.fixture
def ledger(tmp_path: Path, empty_database: Path) -> Iterator[Ledger]:
    scratch = Scratch(tmp_path, Ground(tmp_path, {}, POOLS))
    prepare(scratch.folder)
    copy(empty_database, scratch.folder / "app.db")
    store = Store(scratch)
    yield Ledger(store)
    store.close()


Spoil = Callable[[Ledger, str], object]


def write(statement: str) -> Spoil:
    return lambda ledger, job_id: ledger.spoil(statement, job=job_id)


def test_a_ledger_in_order_has_clean_books(ledger: Ledger):
    ledger.run()
    ledger.run(give_up, Expected(frozenset({"discarded"}), effects=EFFECTS, failures=1))
    books = ledger.books()
    assert books.are_clean, books
    assert (dict(books.states), books.effects) == ({"completed": 1, "discarded": 1}, 2 * ITEMS)


@pytest.mark.parametrize(
    ("spoil", "account", "sentence"),
    [
        (write("DELETE FROM proof_effects WHERE item = '7'"), "lost", "did not do 7."),
        (write("DELETE FROM jobs"), "lost", "was accepted, and nobody knows it."),
        (write("UPDATE jobs SET state = 'failed'"), "lost", "is failed, not completed."),
        (write("INSERT INTO proof_effects (job_id, item) VALUES (:job, '7')"), "repeated", "did 7 more than once."),
        (lambda ledger, _: ledger.enqueue(), "repeated", "Nobody asked for Job"),
        (write("UPDATE jobs SET state = 'running'"), "left_over", "has not ended: it is running."),
        (write("UPDATE jobs SET worker = 'somebody'"), "left_over", "is still held by somebody."),
        (write("UPDATE job_attempts SET ended_at = NULL"), "left_over", "An attempt of job"),
        (
            write("INSERT INTO proof_effects (job_id, item) VALUES (:job, '99')"),
            "broken",
            "did 99, which nobody asked for.",
        ),
        (write("UPDATE jobs SET failures = 1"), "broken", "failed 1 times, not 0."),
        (write("UPDATE jobs SET failed_items = 3"), "broken", "counts 3 failed items, not 0."),
    ],
)
def test_what_is_wrong_is_found(ledger: Ledger, spoil: Spoil, account: str, sentence: str):
    spoil(ledger, ledger.run())
    found = getattr(ledger.books(), account)
    assert [said for said in found if sentence in said], ledger.books()


OCCURRED = "INSERT INTO job_occurrences (schedule, due_at, job_id) VALUES ('tidy exports', 1, :job)"


def test_a_schedule_of_the_installation_itself_is_no_loss(ledger: Ledger):
    job_id = ledger.run()
    ledger.accepted = Accepted()
    ledger.spoil(OCCURRED, job=job_id)
    assert ledger.books().are_clean, ledger.books()


def test_a_schedule_whose_job_is_not_there_is_a_loss(ledger: Ledger):
    ledger.spoil(OCCURRED, job="0000000000000000")
    assert ledger.books().lost == ["A schedule's job 0000000000000000 is gone."]


def test_two_jobs_at_one_berth_are_found(ledger: Ledger):
    for start in (100.0, 101.0):
        job_id = ledger.run()
        ledger.spoil("UPDATE jobs SET limit_key = 'berth 1' WHERE id = :job", job=job_id)
        times = {"job": job_id, "start": start, "end": start + 2}
        ledger.spoil("UPDATE job_attempts SET started_at = :start, ended_at = :end WHERE job_id = :job", **times)
    assert ledger.books().broken == ["Two jobs held berth 1 at once."]


def test_a_database_that_somebody_keeps_locked_is_found(ledger: Ledger):
    ledger.run()
    with ledger.store.writing() as session:
        session.execute(text("DELETE FROM proof_effects WHERE item = '99'"))
        assert ledger.books().left_over == ["app.db: database is locked."]
