"""What jobs go through: every enumerator goes on exactly behind every cursor."""

from contextlib import contextmanager
from itertools import pairwise

import pytest

from webapp.jobs import Enumerator, Portion, array, batches, clock, nested, throttled, workbook_rows
from webapp.jobs.enumerators import Wait
from webapp.jobs.testing import prove, run_to_end
from webapp.sheets import read_rows

from ..sheets.workbooks import workbook
from .conftest import put
from .cursors import goes_on_behind_every_cursor, read, values


def test_an_array_goes_on_behind_every_item():
    assert goes_on_behind_every_cursor(array("abcde")) == list("abcde")
    assert array("abcde").total() == 5


@pytest.mark.parametrize("size", [1, 2, 5, 9])
def test_batches_go_on_behind_every_batch_and_count_their_items(size):
    enumerator = batches(array("abcde"), size)
    found = goes_on_behind_every_cursor(enumerator)
    assert "".join("".join(batch) for batch in found) == "abcde"
    assert [len(batch) for batch in found[:-1]] == [size] * (len(found) - 1)
    assert [portion.weight for portion in read(enumerator)] == [len(batch) for batch in found]
    assert enumerator.total() == 5


def test_the_rows_of_a_workbook_go_on_below_every_batch(tmp_path):
    path = workbook(tmp_path / "rows.xlsx", [["Name"], *([f"Name {number}"] for number in range(40)), [""], ["Last"]])

    @contextmanager
    def open_rows(after_row):
        with read_rows(path, "Sheet1", 1, after_row=after_row, batch_size=7) as stream:
            yield stream

    enumerator = workbook_rows(open_rows, total=41)
    numbers = [number for portion in read(enumerator) for number in portion.value.numbers]
    assert numbers == [*range(2, 42), 43]
    for portion in read(enumerator):
        rest = [number for other in read(enumerator, portion.cursor) for number in other.value.numbers]
        assert rest == numbers[numbers.index(portion.cursor) + 1 :]
    assert sum(portion.weight for portion in read(enumerator)) == enumerator.total() == 41


def test_lists_are_the_same_when_something_may_cut_them_short():
    enumerator = array(range(10))
    whole = [portion[:2] for portion in enumerator.in_lists(None, 4)]
    assert whole == [portion[:2] for portion in enumerator.in_lists(None, 4, lambda cursor, count: False)]
    cut = enumerator.in_lists(2, 4, lambda cursor, count: cursor == 5)
    assert [portion.value for portion in cut] == [[2, 3, 4], [5, 6, 7, 8], [9]]


def test_a_sheet_is_closed_when_a_job_stops_in_the_midst_of_it(kernel, enqueue, script):
    class Rows:
        numbers, last_row = [2, 3], 3

    opened = []

    @contextmanager
    def open_rows(after_row):
        opened.append(after_row)
        try:
            yield [Rows, Rows]
        finally:
            opened.append("closed")

    script.does = lambda job: list(job.iterate(workbook_rows(open_rows)))
    kernel.run(enqueue(interrupt_when={"at": 3}).id)
    assert opened == [0, "closed"]


def pairs(outer: int, inner: int) -> Enumerator[tuple[int, int]]:
    return nested(array(range(outer)), lambda of: array(range(inner if of % 2 else 0)))


def test_nested_items_go_on_behind_every_pair_also_past_empty_ones():
    assert goes_on_behind_every_cursor(pairs(6, 3)) == [(of, item) for of in (1, 3, 5) for item in range(3)]


def test_nesting_can_be_nested():
    deep = nested(nested(array("ab"), lambda _: array("xy")), lambda _: array(range(2)))
    found = goes_on_behind_every_cursor(deep)
    assert [f"{a}{x}{n}" for (a, x), n in found] == [f"{a}{x}{n}" for a in "ab" for x in "xy" for n in range(2)]


def test_batches_of_nested_items_go_on_too():
    found = goes_on_behind_every_cursor(batches(pairs(6, 3), 2))
    assert [pair for batch in found for pair in batch] == values(read(pairs(6, 3)))


def test_throttled_items_are_never_more_a_minute_than_said_also_over_interruptions(kernel, enqueue, script, effects):
    def does(job):
        for _ in job.iterate(throttled(array(range(4)), per_minute=30)):
            with job.batch() as session:
                put(session, job.id, [round(1000 * clock.now())])

    def pace(job):
        moments = effects(job.id)
        return len(moments), all(later - sooner >= 1999 for sooner, later in pairwise(moments))

    script.does = does
    plain = prove(kernel, enqueue, pace)
    assert pace(plain.job) == (4, True)
    assert effects(plain.job.id)[3] - effects(plain.job.id)[0] == pytest.approx(6000, abs=2)


def test_what_is_throttled_goes_on_behind_every_item_and_is_counted():
    enumerator = throttled(batches(array(range(6)), 2), per_minute=60)
    with clock.held(1_000_000) as forward:
        assert goes_on_behind_every_cursor(enumerator) == [[0, 1], [2, 3], [4, 5]]
        assert [wait.seconds for wait in enumerator.after(None) if isinstance(wait, Wait)] == [0, 2, 2]
        behind_the_first = [2, clock.now(), 2]
        for passed, left in ((0.5, 1.5), (100, 0), (-100_000, 2)):
            forward(passed)
            assert next(enumerator.after(behind_the_first)).seconds == left
    assert enumerator.total() == 6


def test_anything_that_goes_on_behind_a_cursor_is_an_enumerator(kernel, enqueue, script, effects):
    def powers(cursor):
        for exponent in range((cursor or 0) + 1, 8):
            yield Portion(2**exponent, exponent)

    def does(job):
        for number in job.iterate(Enumerator(powers)):
            with job.batch() as session:
                put(session, job.id, [number])

    script.does = does
    done = run_to_end(kernel, enqueue().id).job
    assert effects(done.id) == [2, 4, 8, 16, 32, 64, 128]
    assert done.total is None
