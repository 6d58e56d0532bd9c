"""What waits for a commit: it comes after the whole transaction, and never for what was rolled back."""

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from webapp.jobs.commits import after_commit
from webapp.jobs.models import JobQueue

from .conftest import scripted


class Trouble(Exception):
    """Something in a part of the transaction."""


@pytest.fixture
def said():
    return []


def test_it_comes_after_the_commit(kernel, said):
    with kernel.writing() as session:
        after_commit(session, lambda: said.append("done"))
        assert said == []
    assert said == ["done"]


def test_it_waits_for_the_end_of_the_whole_transaction(kernel, said):
    with kernel.writing() as session:
        with session.begin_nested():
            after_commit(session, lambda: said.append("inner"))
            with session.begin_nested():
                after_commit(session, lambda: said.append("innermost"))
        after_commit(session, lambda: said.append("outer"))
        assert said == []
    assert said == ["inner", "innermost", "outer"]


def test_what_is_rolled_back_never_comes(kernel, said):
    def fail():
        with kernel.writing() as session:
            after_commit(session, lambda: said.append("never"))
            raise Trouble

    with pytest.raises(Trouble):
        fail()
    assert said == []


def test_a_part_that_is_rolled_back_takes_along_only_its_own(kernel, said):
    def fail(session):
        with session.begin_nested():
            after_commit(session, lambda: said.append("never"))
            with session.begin_nested():
                after_commit(session, lambda: said.append("never either"))
            raise Trouble

    with kernel.writing() as session:
        after_commit(session, lambda: said.append("before"))
        with pytest.raises(Trouble):
            fail(session)
        after_commit(session, lambda: said.append("after"))
    assert said == ["before", "after"]


def test_a_savepoint_whose_rows_are_refused_takes_along_only_its_own(kernel, said):
    def repeat(session):
        with session.begin_nested():
            after_commit(session, lambda: said.append("never"))
            session.add(JobQueue(name="default", paused_at=1.0, paused_by="Otto"))

    with kernel.writing() as session:
        session.execute(insert(JobQueue).values(name="default", paused_at=0.0, paused_by="Ada"))
        after_commit(session, lambda: said.append("before"))
        with pytest.raises(IntegrityError):
            repeat(session)
    assert said == ["before"]


def test_a_job_that_is_enqueued_in_a_savepoint_is_delivered_at_the_commit(kernel):
    engine = kernel.engines["main"]
    with kernel.writing() as session:
        with session.begin_nested():
            kernel.enqueue(session, scripted, owner=1, subject=("test", 1), title="Nested")
        assert engine.waiting() == 0
    assert engine.waiting() == 1
