"""Jobs by iteration, and by batches with cursors of their own: every item once, whatever happens on the way."""

import json

import pytest

from webapp.jobs import Attempt, State, array, failed_items_of, history, nested, picture
from webapp.jobs.failed_items import KEPT
from webapp.jobs.testing import Fault, NotTheSame, prove, run_to_end

from .conftest import counting, put

KILLS = [Fault.KILLED_BEFORE, Fault.KILLED_AFTER]


def one_by_one(job: Attempt) -> None:
    for item in job.iterate(array(range(12))):
        with job.batch() as session:
            put(session, job.id, [item])


def in_lists(job: Attempt) -> None:
    for items in job.iterate(array(range(12)), size=5):
        with job.batch() as session:
            put(session, job.id, items)


def in_and_in(job: Attempt) -> None:
    for tens, ones in job.iterate(nested(array(range(3)), lambda tens: array(range(tens, 4)))):
        with job.batch() as session:
            put(session, job.id, [10 * tens + ones])


def in_and_in_by_lists(job: Attempt) -> None:
    for pairs in job.iterate(nested(array(range(3)), lambda tens: array(range(tens, 4))), size=2):
        with job.batch() as session:
            put(session, job.id, [10 * tens + ones for tens, ones in pairs])


PAIRS = [0, 1, 2, 3, 11, 12, 13, 22, 23]
WAYS = [
    (one_by_one, list(range(12))),
    (in_lists, list(range(12))),
    (in_and_in, PAIRS),
    (in_and_in_by_lists, PAIRS),
    (counting(up_to=12, by=3), list(range(12))),
]


def failing(job: Attempt) -> None:
    """Every third item fails, in a batch of its own, which is rolled back."""
    for item in job.iterate(array(range(9))):
        try:
            with job.batch() as session:
                put(session, job.id, [item])
                if item % 3 == 2:
                    raise ValueError
        except ValueError:
            job.record_failure(f"order {item}", "It has no customer.")


def failing_in_lists(job: Attempt) -> None:
    """Every third item fails, beside others in a batch that goes through."""
    for items in job.iterate(array(range(9)), size=2):
        with job.batch() as session:
            good = [item for item in items if item % 3 != 2]
            if good:
                put(session, job.id, good)
            for item in set(items) - set(good):
                job.record_failure(f"order {item}", "It has no customer.")


@pytest.fixture
def failures(kernel):
    """The failed items of a job, in order."""

    def failures(job):
        with kernel.reading() as session:
            return [(failed.item, failed.reason) for failed in session.scalars(failed_items_of(job.id))]

    return failures


@pytest.mark.parametrize(("does", "expected"), WAYS)
def test_every_item_is_done_once_wherever_the_job_is_stopped(kernel, enqueue, script, effects, does, expected):
    script.does = does
    plain = prove(kernel, enqueue, lambda job: effects(job.id))
    assert effects(plain.job.id) == expected
    assert plain.job.processed == len(expected)


def test_a_job_that_is_stopped_after_every_item_still_comes_to_its_end(kernel, enqueue, script):
    script.does = in_and_in
    course = run_to_end(kernel, enqueue().id, Fault.INTERRUPTED)
    assert (course.job.state, course.job.interruptions) == (State.COMPLETED, len(PAIRS))


def test_a_job_knows_how_many_items_it_has_before_the_first_is_done(kernel, enqueue, script):
    seen = []
    script.does = lambda job: [seen.append(picture(kernel.find(job.id))["total"]) for _ in job.iterate(array("abc"))]
    job = enqueue()
    kernel.run(job.id)
    assert seen == [None, 3, 3]
    assert kernel.find(job.id).total == 3


def test_a_loop_without_a_batch_still_keeps_its_place(kernel, enqueue, script):
    done = {}
    script.does = lambda job: [done.setdefault(job.id, []).append(item) for item in job.iterate(array(range(5)))]
    plain = prove(kernel, enqueue, lambda job: done[job.id], [Fault.INTERRUPTED])
    assert done[plain.job.id] == list(range(5))
    prove(kernel, enqueue, lambda job: sorted(set(done[job.id])))


def test_two_jobs_of_one_handler_share_no_progress(kernel, enqueue, script, effects):
    def other_in_the_midst(job):
        for item in job.iterate(array(range(6))):
            if item == 3 and job.id == first.id:
                kernel.run(second.id)
            with job.batch() as session:
                put(session, job.id, [item])

    script.does = other_in_the_midst
    first, second = enqueue(), enqueue()
    kernel.run(first.id)
    assert effects(first.id) == effects(second.id) == list(range(6))
    assert [kernel.find(job.id).processed for job in (first, second)] == [6, 6]


@pytest.mark.parametrize("does", [failing, failing_in_lists])
def test_items_that_fail_are_recorded_once_and_the_job_goes_on(kernel, enqueue, script, effects, failures, does):
    script.does = does
    faults = set(Fault) - {Fault.FAILED}
    plain = prove(kernel, enqueue, lambda job: (effects(job.id), failures(job)), faults)
    assert effects(plain.job.id) == [0, 1, 3, 4, 6, 7]
    assert failures(plain.job) == [(f"order {item}", "It has no customer.") for item in (2, 5, 8)]
    assert (plain.job.state, plain.job.failed_items) == (State.COMPLETED, 3)
    assert plain.job.outcome == "3 of 9 rows failed; the others are done."
    assert picture(plain.job)["failed_items"] == 3


def test_an_error_of_the_job_itself_leaves_no_failed_items_twice(kernel, enqueue, script, effects, failures):
    script.does = failing_in_lists
    prove(kernel, enqueue, lambda job: (effects(job.id), failures(job)), [Fault.FAILED])


def test_failures_noted_after_the_last_checkpoint_are_kept_with_the_end(kernel, enqueue, script, failures):
    script.does = lambda job: job.record_failure(7, "It came too late.")
    plain = prove(kernel, enqueue, failures)
    assert failures(plain.job) == [("7", "It came too late.")]


def test_all_failed_items_are_counted_and_the_first_thousand_kept(kernel, enqueue, script, failures):
    def hopeless(job):
        for items in job.iterate(array(range(KEPT + 50)), size=KEPT - 10):
            with job.batch():
                for item in items:
                    job.record_failure(item, "Nothing fits.")

    script.does = hopeless
    job = enqueue()
    kernel.run(job.id)
    assert kernel.find(job.id).failed_items == KEPT + 50
    assert [item for item, _ in failures(job)] == [str(item) for item in range(KEPT)]


def test_a_batch_whose_error_the_handler_lets_pass_is_made_up_for_by_another(kernel, enqueue, script, effects):
    def again(job):
        for items in job.iterate(array(range(6)), size=3):
            try:
                with job.batch() as session:
                    put(session, job.id, items)
                    raise ConnectionError
            except ConnectionError:
                with job.batch() as session:
                    put(session, job.id, items)

    script.does = again
    job = enqueue()
    kernel.run(job.id)
    assert effects(job.id) == list(range(6))


def test_a_loop_that_is_left_early_keeps_what_was_saved(kernel, enqueue, script):
    def until_three(job):
        for item in job.iterate(array(range(6))):
            if item == 3:
                break
            with job.batch():
                pass
        return job.cursor

    script.does = until_three
    job = enqueue()
    kernel.run(job.id)
    assert (kernel.find(job.id).result, kernel.find(job.id).cursor) == (3, "3")


@pytest.mark.parametrize("cursor", [0, "", 7, 1.5, "a “b”", [1, [2, None]], {"row": 5, "sheet": "Ä"}, False])
def test_a_cursor_comes_back_as_it_was_given(kernel, enqueue, script, cursor):
    seen = []

    def note(job):
        seen.append(job.cursor)
        with job.batch(cursor):
            pass
        seen.append(job.cursor)

    script.does = note
    run_to_end(kernel, enqueue().id, Fault.INTERRUPTED, 1)
    assert seen == [None, cursor, cursor]
    assert json.dumps(seen[1]) == json.dumps(cursor)


def saved_twice(job):
    for _ in job.iterate(array("ab")):
        for _ in range(2):
            with job.batch():
                pass


def saved_elsewhere(job):
    for _ in job.iterate(array("ab")):
        with job.batch(7):
            pass


def iterated_twice(job):
    for _ in range(2):
        list(job.iterate(array("ab")))


def batch_in_batch(job):
    with job.batch(1), job.batch(2):
        pass


def report_in_batch(job):
    with job.batch(1):
        job.report("Half of it")


def no_cursor(job):
    with job.batch():
        pass


def no_json(job):
    with job.batch({1, 2}):
        pass


MISTAKES = {
    saved_twice: "SavedTwice",
    saved_elsewhere: "SavedTwice",
    iterated_twice: "IteratedTwice",
    batch_in_batch: "BatchInBatch",
    report_in_batch: "BatchInBatch",
    no_cursor: "CursorMissing",
    no_json: "CursorNotJson",
}


@pytest.mark.parametrize(("does", "name"), MISTAKES.items(), ids=[each.__name__ for each in MISTAKES])
def test_a_loop_that_cannot_work_is_never_tried_again_and_the_author_is_told(kernel, enqueue, script, does, name):
    script.does = does
    job = enqueue()
    kernel.run(job.id)
    given_up = kernel.find(job.id)
    assert (given_up.state, given_up.failures) == (State.DISCARDED, 1)
    with kernel.reading() as session:
        assert history(session, job.id)[-1].detail.startswith(name)


# -- what the kit that proves all this finds --------------------------------------------------------------------


def forgetful(job):
    """Its effects are no part of the batch that keeps its place."""
    for item in job.iterate(array(range(4))):
        with job._standing._around.writing() as session:
            put(session, job.id, [item])


def hasty(job):
    """It keeps its place before it has done anything."""
    for first in range(job.cursor or 0, 4, 2):
        with job.batch(first + 2):
            pass
        with job._standing._around.writing() as session:
            put(session, job.id, range(first, first + 2))


@pytest.mark.parametrize("does", [forgetful, hasty])
def test_the_kit_finds_jobs_that_do_items_twice_or_never(kernel, enqueue, script, effects, does):
    script.does = does
    with pytest.raises(NotTheSame):
        prove(kernel, enqueue, lambda job: effects(job.id), KILLS)
