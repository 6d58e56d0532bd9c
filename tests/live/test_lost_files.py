"""The queue and the cache may vanish at any moment: the ledger is the truth, and both are made anew."""

import os
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.installation import wait_for

from .books import Cargo
from .conftest import StartHarbour
from .harbour import Harbour, frozen

pytestmark = pytest.mark.live
PARTS = ("", "-wal", "-shm")


def delete(path: Path) -> None:
    for part in PARTS:
        path.with_name(path.name + part).unlink(missing_ok=True)


def delete_the_file_alone(path: Path) -> None:
    path.unlink()


def empty(path: Path) -> None:
    os.truncate(path, 0)


def overwrite(path: Path) -> None:
    path.write_bytes(b"This is no database any more. " * 1_000)


LOSSES = [delete, delete_the_file_alone, empty, overwrite]


def test_a_queue_that_was_deleted_while_all_stood_still_has_lost_nothing(start_harbour: StartHarbour, few_hours: Path):
    harbour = start_harbour()
    harbour.stop()
    enqueued = [harbour.json("jobs", "hello")["id"] for _ in range(2)]
    arguments = ["--template", "Hours", "--owner", "ada@example.org"]
    enqueued.append(harbour.json("imports", "run", str(few_hours), *arguments)["job_id"])
    assert harbour.books.messages() == 3
    delete(harbour.folder / "queue.db")
    harbour.start()
    assert [harbour.ended(job_id)["state"] for job_id in enqueued] == ["completed"] * 3
    assert sum(harbour.books.cargo(enqueued[-1]).counters) == 100


def test_a_queue_that_is_deleted_while_jobs_wait_in_it_has_lost_nothing(harbour: Harbour, hours: Path, few_hours: Path):
    with ExitStack() as stack:
        running = [_held_up(harbour, hours, stack) for _ in range(2)]
        waiting = [harbour.start_import(few_hours) for _ in range(3)]
        assert harbour.books.messages() == 3
        delete(harbour.folder / "queue.db")
    assert [harbour.ended(job_id)["state"] for job_id in running + waiting] == ["completed"] * 5


@pytest.mark.parametrize("lose", LOSSES, ids=[lose.__name__ for lose in LOSSES])
def test_a_cache_that_is_lost_while_an_import_runs_changes_nothing_that_is_told(
    harbour: Harbour, hours: Path, undisturbed: Cargo, lose: Callable[[Path], None]
):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    lose(harbour.folder / "cache.db")
    page = harbour.ada.get(f"/jobs/{job_id}")
    assert (page.status, "Running" in page.words) == (200, True), page.words
    wait_for("page that moves on", lambda: _polled(harbour, job_id, page.text))
    job = harbour.ended(job_id)
    assert (job["state"], job["failures"]) == ("completed", 0)
    assert "Completed" in harbour.ada.get(f"/jobs/{job_id}").words
    assert harbour.job(job_id)["status"] == "completed"
    assert harbour.books.cargo(job_id).differences(undisturbed) == []


def _held_up(harbour: Harbour, workbook: Path, stack: ExitStack) -> str:
    """A new import that keeps its worker busy until the stack ends."""
    held = harbour.readers()
    job_id = harbour.start_import(workbook)
    harbour.midway(job_id)
    for reader in harbour.readers():
        if reader not in held:
            stack.enter_context(frozen(reader))
    return job_id


def _polled(harbour: Harbour, job_id: str, page: str) -> bool:
    """Whether the poll of that page brings something new about the job."""
    address = page.partition('hx-get="/live?')[2].partition('"')[0].replace("&amp;", "&")
    answer = harbour.ada.get(f"/live?{address}")
    return answer.status == 200 and f'id="job-{job_id}"' in answer.text
