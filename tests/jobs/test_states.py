"""The one table of states."""

import pytest
from sqlalchemy import func, select

from webapp.jobs import ACTIVE, FINISHED, STATUS, UNFINISHED, WORDS, Job, State, clock, ledger
from webapp.jobs.states import TRANSITIONS


def test_every_state_has_words_and_a_status():
    assert set(WORDS) == set(STATUS) == set(State)


def test_every_transition_has_a_sentence():
    assert all(sentence.endswith(".") for sentence in TRANSITIONS.values())


def test_every_state_can_be_reached_and_every_unfinished_one_left():
    assert {end for _, end in TRANSITIONS} | {State.QUEUED, State.SCHEDULED} == set(State)
    assert {start for start, _ in TRANSITIONS} >= UNFINISHED


def test_completed_and_cancelled_are_for_ever():
    assert not {start for start, _ in TRANSITIONS} & {State.COMPLETED, State.CANCELLED}


def test_no_state_is_both_active_and_finished():
    assert not ACTIVE & FINISHED


@pytest.mark.parametrize("start", list(State))
@pytest.mark.parametrize("end", list(State))
def test_the_ledger_knows_no_way_that_does_not_stand_in_the_table(kernel, enqueue, start, end):
    job = enqueue()
    with kernel.writing() as session:
        session.get(Job, job.id).state = start
    with kernel.writing() as session:
        moved = ledger.move(session, job.id, end, at=clock.now(), event="moved")
    assert (moved is not None) == ((start, end) in TRANSITIONS)


def test_a_refused_move_leaves_no_event(kernel, enqueue):
    from webapp.jobs.models import JobEvent

    job = enqueue()
    with kernel.writing() as session:
        ledger.move(session, job.id, State.COMPLETED, at=clock.now(), event="completed")
    with kernel.reading() as session:
        assert session.scalar(select(func.count()).where(JobEvent.job_id == job.id)) == 1
