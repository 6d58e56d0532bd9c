"""A clock that is set forward or back under way: every process of the installation sees it at the same moment."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from .books import Cargo
from .conftest import SHORT_LEASE
from .faults import ALTERED, is_quiet
from .harbour import Harbour, harbour_in, worker_of

pytestmark = pytest.mark.live
HOUR, DAYS = 3600, 2 * 86_400
SetClock = Callable[[float], None]


@pytest.fixture
def off_by(tmp_path: Path) -> Path:
    """The file with the seconds by which the clock is wrong."""
    (tmp_path / "off-by").write_text("0")
    return tmp_path / "off-by"


@pytest.fixture
def set_clock(off_by: Path) -> SetClock:
    """Sets the clock of all processes at once: `set_clock(seconds)` from the true time."""

    def set_clock(seconds: float) -> None:
        draft = off_by.with_name("draft")
        draft.write_text(str(seconds))
        draft.rename(off_by)

    return set_clock


@pytest.fixture
def harbour(tmp_path: Path, furnished: Path, off_by: Path) -> Iterator[Harbour]:
    """An installation whose clock can be set."""
    settings = {"LEASE_SECONDS": SHORT_LEASE, "PYTHONPATH": ALTERED, "CLOCK_IS_OFF_BY": str(off_by)}
    with harbour_in(tmp_path / "instance", furnished, **settings) as running:
        yield running


@pytest.mark.parametrize("step", [HOUR, -HOUR, DAYS, -DAYS])
def test_a_clock_that_is_set_costs_no_worker_its_job_and_no_dead_one_s_job_its_turn(
    harbour: Harbour, many_hours: Path, few_hours: Path, undisturbed_many: Cargo, set_clock: SetClock, step: float
):
    lives, dies = harbour.start_import(many_hours), harbour.start_import(many_hours)
    waits = harbour.start_import(few_hours)
    harbour.midway(lives)
    worker_of(harbour.midway(dies)).kill()
    set_clock(step)
    ended = [harbour.ended(job_id) for job_id in (lives, dies, waits)]
    assert [(job["state"], job["failures"], job["interruptions"]) for job in ended] == [
        ("completed", 0, 0),
        ("completed", 0, 1),
        ("completed", 0, 0),
    ]
    assert [harbour.books.cargo(job_id).differences(undisturbed_many) for job_id in (lives, dies)] == [[], []]
    set_clock(0)
    assert harbour.ended(harbour.json("jobs", "hello")["id"])["state"] == "completed"
    assert is_quiet(harbour, 60)
