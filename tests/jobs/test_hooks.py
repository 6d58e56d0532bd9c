"""What handlers have called around their work: once at the start, at the end, and wherever they stop before it."""

from collections.abc import Callable

import pytest

from webapp.jobs import Attempt, Retry, State, array, clock, job, sweep
from webapp.jobs.testing import Fault, run_to_end

from .conftest import LEASE

TOLD: list[str] = []
BROKEN: set[str] = set()
AT_ITEM: dict[int, Callable[[], object]] = {}


def hook(name: str) -> Callable[[Attempt], None]:
    def tell(job: Attempt) -> None:
        TOLD.append(name)
        if name in BROKEN:
            raise RuntimeError(f"the hook {name} fails")

    return tell


@job(
    "tests.hooked",
    retry=[Retry(Exception, wait=5, attempts=3, jitter=0)],
    on_start=[hook("start"), hook("start too")],
    on_complete=[hook("complete")],
    on_shutdown=[hook("shutdown"), hook("shutdown too")],
)
def hooked(job: Attempt) -> None:
    """Three items, one by one."""
    for item in job.iterate(array(range(3))):
        TOLD.append(f"item {item}")
        AT_ITEM.pop(item, lambda: None)()


@pytest.fixture
def add(kernel):
    TOLD.clear()
    BROKEN.clear()
    AT_ITEM.clear()

    def add(**options):
        with kernel.writing() as session:
            return kernel.enqueue(session, hooked, owner=1, subject=("test", 1), title="Hooked", **options)

    return add


@pytest.fixture
def rerun(kernel):
    """Runs a job that waits for its retry."""

    def rerun(job_id: str, forward: Callable[[float], None]) -> None:
        forward(5)
        sweep.release_due(kernel.writing)
        kernel.run(job_id)

    return rerun


ITEMS = ["item 0", "item 1", "item 2"]
STARTS = ["start", "start too"]
STOPS = ["shutdown", "shutdown too"]


def test_hooks_stand_around_the_work(kernel, add):
    kernel.run(add().id)
    assert [*STARTS, *ITEMS, "complete"] == TOLD


def test_a_job_that_stops_on_its_way_starts_once_and_completes_once(kernel, add):
    assert run_to_end(kernel, add().id, Fault.INTERRUPTED).job.state == State.COMPLETED
    assert [*STARTS, "item 0", *STOPS, "item 1", *STOPS, "item 2", *STOPS, "complete"] == TOLD


@pytest.mark.parametrize(("ask", "state"), [("cancel", State.CANCELLED), ("pause", State.PAUSED)])
def test_a_job_that_is_cancelled_or_paused_shuts_down(kernel, add, ask, state):
    job = add()
    AT_ITEM[1] = lambda: getattr(kernel, ask)(job.id)
    kernel.run(job.id)
    assert kernel.find(job.id).state == state
    assert [*STARTS, "item 0", "item 1", *STOPS] == TOLD


def test_an_attempt_that_is_fenced_out_has_no_say_any_more(kernel, add):
    job = add()
    with clock.held(1_000_000) as forward:

        def be_overtaken():
            forward(LEASE + 1)
            sweep.rescue(kernel.writing)
            kernel.run(job.id)

        AT_ITEM[1] = be_overtaken
        kernel.run(job.id)
    assert kernel.find(job.id).state == State.COMPLETED
    assert [*STARTS, "item 0", "item 1", "item 1", "item 2", "complete"] == TOLD


def test_a_start_that_failed_is_made_again(kernel, add, rerun):
    with clock.held(1_000_000) as forward:
        BROKEN.add("start too")
        job = add()
        kernel.run(job.id)
        assert kernel.find(job.id).failures == 1
        BROKEN.clear()
        rerun(job.id, forward)
    assert [*STARTS, *STARTS, *ITEMS, "complete"] == TOLD


def test_a_start_that_went_well_is_not_made_again_after_a_failure(kernel, add, rerun):
    def fail():
        raise ConnectionError

    with clock.held(1_000_000) as forward:
        AT_ITEM[0] = fail
        job = add()
        kernel.run(job.id)
        rerun(job.id, forward)
    assert [*STARTS, "item 0", *ITEMS, "complete"] == TOLD


def test_an_end_that_failed_is_made_again_without_the_work(kernel, add, rerun):
    with clock.held(1_000_000) as forward:
        BROKEN.add("complete")
        job = add()
        kernel.run(job.id)
        BROKEN.clear()
        rerun(job.id, forward)
    assert kernel.find(job.id).state == State.COMPLETED
    assert [*STARTS, *ITEMS, "complete", "complete"] == TOLD


def test_no_hook_can_keep_a_job_from_stopping(kernel, add):
    BROKEN.add("shutdown")
    job = add(interrupt_when={"at": 2})
    kernel.run(job.id)
    stopped = kernel.find(job.id)
    assert (stopped.state, stopped.failures, stopped.interruptions) == (State.QUEUED, 0, 1)
    assert TOLD[-2:] == STOPS
