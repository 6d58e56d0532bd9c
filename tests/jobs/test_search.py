"""Finding jobs: by words, ids, owners, handlers and queues; in the index and beside it, with the same answers."""

from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import create_engine, func, select, text
from sqlalchemy.orm import Session

from webapp.jobs import Job, Ledger, Search, State, clock
from webapp.jobs.pruning import Pruner
from webapp.jobs.search import WITHOUT_WORDS, WORDS, Indexer

from .conftest import scripted
from .storages import on_sqlite_only

PLENTY = 100


@pytest.fixture(params=["noted", "indexed"])
def settle(request, kernel):
    """What happens to new jobs before they are searched for: nothing, or a round of housekeeping."""
    indexer = Indexer(kernel.reading, kernel.writing, portion=2)
    return indexer.round if request.param == "indexed" else lambda: None


@pytest.fixture
def enqueue(kernel):
    def enqueue(title, owner=1):
        with kernel.writing() as session:
            return kernel.enqueue(session, scripted, owner=owner, subject=("test", 1), title=title).id

    return enqueue


@pytest.fixture
def search(kernel):
    def search(words="", at_most=PLENTY, states=None, **narrowing):
        with kernel.reading() as session:
            return Search(words, **narrowing).run(session, at_most, states)

    return search


@pytest.fixture
def size(kernel):
    """How many jobs are in the index, and how many are noted for it."""

    def size():
        with kernel.reading() as session:
            return tuple(session.scalar(select(func.count()).select_from(table)) for table in (WORDS, WITHOUT_WORDS))

    return size


@pytest.mark.parametrize(
    ("words", "titles"),
    [
        ("hours", {"Import hours.xlsx", "Import HOURS 2.xlsx"}),
        ("hou", {"Import hours.xlsx", "Import HOURS 2.xlsx"}),
        ("hours import", {"Import hours.xlsx", "Import HOURS 2.xlsx"}),
        ("HOURS.xlsx", {"Import hours.xlsx"}),
        ("export", {"Export crates"}),
        ("hours crates", set()),
        ("lighthouse", set()),
        ("– …", set()),
    ],
)
def test_words_find_the_titles_that_have_them_all(kernel, enqueue, search, settle, words, titles):
    ids = {title: enqueue(title) for title in ("Import hours.xlsx", "Export crates", "Import HOURS 2.xlsx")}
    settle()
    assert {title for title, job_id in ids.items() if job_id in search(words).ids} == titles


def test_the_newest_are_found_first_and_no_more_than_asked_for(enqueue, search, settle):
    with clock.held(clock.now()) as forward:
        ids = []
        for seconds in range(5):
            forward(seconds)
            ids.append(enqueue(f"Import {seconds}"))
        settle()
        assert (search("import", at_most=3).ids, search("import", at_most=3).is_cut) == (ids[:-4:-1], True)
        assert (search("import", at_most=5).ids, search("import", at_most=5).is_cut) == (ids[::-1], False)


def test_an_id_or_its_beginning_finds_its_job(enqueue, search, settle):
    job_id = enqueue("Import hours")
    enqueue("Import crates")
    settle()
    assert search(job_id).ids == search(job_id[:8]).ids == [job_id]
    assert search(job_id, owner_ids=[2]).ids == []


def test_only_the_jobs_of_the_owners_asked_for_are_found(enqueue, search, settle):
    mine, theirs = enqueue("Import hours", owner=1), enqueue("Import hours", owner=2)
    settle()
    assert search("hours", owner_ids=[1]).ids == [mine]
    assert set(search("hours", owner_ids=[1, 2]).ids) == {mine, theirs}
    assert search("hours", owner_ids=[1], at_most=1).ids == [mine]
    assert search("hours", owner_ids=[]).ids == []


def test_handler_and_queue_narrow_too(enqueue, search, settle):
    job_id = enqueue("Import hours")
    settle()
    assert search(handler="tests.scripted", queue="default").ids == [job_id]
    assert search(handler="tests").ids == search(queue="other").ids == search("hours", queue="other").ids == []


def test_the_state_is_that_of_the_ledger(kernel, enqueue, search, settle):
    cancelled, queued = enqueue("Import hours"), enqueue("Import hours")
    settle()
    kernel.cancel(cancelled)
    assert search("hours", states=[State.CANCELLED]).ids == [cancelled]
    assert search("hours", states=[State.QUEUED]).ids == [queued]


def test_new_jobs_are_found_beside_those_of_the_index(kernel, enqueue, search):
    old = enqueue("Import hours")
    Indexer(kernel.reading, kernel.writing).round()
    new = enqueue("Import hours")
    assert search("hours").ids == [new, old]


@on_sqlite_only
def test_a_round_takes_all_new_jobs_in_and_the_next_one_none(kernel, enqueue, size):
    for number in range(5):
        enqueue(f"Import {number}")
    indexer = Indexer(kernel.reading, kernel.writing, portion=2)
    assert size() == (0, 5)
    indexer.round()
    assert size() == (5, 0)
    indexer.round()
    assert size() == (5, 0)


@on_sqlite_only
def test_a_housekeeper_who_finds_that_another_took_them_in_meanwhile_has_nothing_to_do(kernel, enqueue, size):
    enqueue("Import hours")
    other = Indexer(kernel.reading, kernel.writing)

    @contextmanager
    def writing_when_the_other_is_done():
        other.round()
        with kernel.writing() as session:
            yield session

    Indexer(kernel.reading, writing_when_the_other_is_done).round()
    assert size() == (1, 0)


@on_sqlite_only
def test_housekeeping_makes_jobs_searchable(kernel, enqueue, size):
    enqueue("Import hours")
    kernel.housekeep("main")
    assert size() == (1, 0)


@on_sqlite_only
def test_what_is_pruned_is_found_no_more(kernel, enqueue, search, settle, size):
    kernel.cancel(enqueue("Import hours"))
    settle()
    with clock.held(clock.now()) as forward:
        forward(100)
        assert Pruner(kernel.reading, kernel.writing, 10).all().jobs == 1
    assert search("hours").ids == []
    Indexer(kernel.reading, kernel.writing).round()
    assert size() == (0, 0)


@on_sqlite_only
def test_a_transaction_that_is_undone_leaves_nothing_to_find(kernel, search, size):
    with kernel.writing() as session:
        kernel.enqueue(session, scripted, owner=1, subject=("test", 1), title="Import hours")
        session.rollback()
    assert (search("hours").ids, size()) == ([], (0, 0))


@pytest.fixture(scope="module")
def ledger():
    """A ledger with one job in the index."""
    engine = create_engine("sqlite://")
    Ledger.metadata.create_all(engine)
    facts = {"id": "0123456789abcdef", "handler": "imports.run", "queue": "default", "title": "Import hours"}
    with Session(engine) as session:
        session.add(
            Job(
                **facts,
                arguments={},
                kind="import",
                subject_id="1",
                state="queued",
                created_at=1.0,
                run_at=1.0,
                updated_at=1.0,
            )
        )
        session.flush()
        session.execute(text("INSERT INTO job_words SELECT id, owner_id, handler, queue, title FROM jobs"))
        yield session


@given(words=st.text(), handler=st.none() | st.text(), queue=st.none() | st.text())
def test_no_text_is_an_error(ledger, words, handler, queue):
    assert set(Search(" ".join(words.split()), None, handler, queue).run(ledger, PLENTY).ids) <= {"0123456789abcdef"}


@pytest.mark.parametrize(
    "words", ['"', "'", "hours\0", "hours*", "(hours", "-hours", "hours OR", "NEAR(", "title:", "^h", "%", "_"]
)
def test_the_language_of_the_index_means_nothing_in_a_search(ledger, words):
    Search(words).run(ledger, PLENTY)
