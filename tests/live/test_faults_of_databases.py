"""Databases that are locked or away for longer than anybody's patience: nothing is lost, done twice, or shouted."""

import subprocess
from pathlib import Path

import pytest

from tests.installation import PROJECT, wait_for

from .books import Cargo
from .conftest import SHORT_LEASE, StartHarbour
from .faults import OUTAGE, away, is_quiet, last, locked
from .harbour import Harbour, worker_of

pytestmark = pytest.mark.live
SENTENCE = "Longshore’s database or disk does not answer at the moment. Nothing was changed. Try again in a minute."


@pytest.fixture
def harbour(start_harbour: StartHarbour) -> Harbour:
    """An installation for one test, with short leases."""
    return start_harbour(LEASE_SECONDS=SHORT_LEASE)


def refused(harbour: Harbour, *arguments: str) -> str:
    """What a command says that cannot do what it was to do."""
    done = subprocess.run(
        [PROJECT / "bin" / "flask", *arguments], env=harbour.environment, capture_output=True, text=True
    )
    assert (done.returncode, "Traceback" in done.stderr) == (1, False), done.stderr
    return done.stderr


def test_a_locked_database_costs_nothing_but_time(
    harbour: Harbour, many_hours: Path, few_hours: Path, undisturbed_many: Cargo
):
    token = harbour.ada.token("/jobs")
    running = [harbour.start_import(many_hours) for _ in range(2)]
    waiting = harbour.start_import(few_hours)
    harbour.midway(running[0])
    with locked(harbour.folder / "app.db"):
        before = len(harbour.books.jobs())
        assert harbour.ada.get("/jobs").status == 200
        refused = harbour.ada.submit("/jobs/hello", token=token)
        assert (refused.status, SENTENCE in refused.words) == (503, True), refused.words
        last(OUTAGE)
        assert len(harbour.books.jobs()) == before
    ended = [harbour.ended(job_id) for job_id in [*running, waiting]]
    assert [(job["state"], job["failures"]) for job in ended] == [("completed", 0)] * 3
    assert [harbour.books.cargo(job_id).differences(undisturbed_many) for job_id in running] == [[], []]
    assert harbour.ended(harbour.ada.submit("/jobs/hello", page="/jobs").location.rpartition("/")[2])
    assert is_quiet(harbour)


def test_a_database_that_is_away_for_a_while_is_waited_for(harbour: Harbour, hours: Path, undisturbed: Cargo):
    path, ada = harbour.folder / "app.db", harbour.ada
    job_id = harbour.start_import(hours)
    job = harbour.midway(job_id)
    with away(path):
        wait_for("end of its readiness", lambda: not harbour.is_ready())
        answer = ada.get("/jobs")
        assert (answer.status, SENTENCE in answer.text) == (503, True), answer.text
        worker_of(job).kill()
        harbour.consumer().kill()
        assert "app.db is gone. Put it back" in refused(harbour, "jobs", "list")
        last(OUTAGE)
        assert not path.exists(), "nobody made another"
    done = harbour.ended(job_id, 120)
    assert (done["state"], done["failures"]) == ("completed", 0)
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    assert harbour.books.all("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    wait_for("readiness", harbour.is_ready, 60)
    assert is_quiet(harbour)


@pytest.mark.parametrize("name", ["queue.db", "cache.db"])
@pytest.mark.parametrize("fault", [locked, away])
def test_jobs_go_on_without_queue_and_cache(
    harbour: Harbour, hours: Path, few_hours: Path, undisturbed: Cargo, name: str, fault
):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    with fault(harbour.folder / name):
        more = harbour.start_import(few_hours)
        ended = [harbour.ended(each, 120) for each in (job_id, more)]
        assert [(job["state"], job["failures"]) for job in ended] == [("completed", 0)] * 2
        assert "Completed" in harbour.ada.get(f"/jobs/{job_id}").words
    assert harbour.books.cargo(job_id).differences(undisturbed) == []
    assert harbour.ended(harbour.start_import(few_hours))["state"] == "completed"
    assert is_quiet(harbour)


def test_an_installation_that_is_told_to_stop_waits_for_no_locked_database(harbour: Harbour, hours: Path):
    job_id = harbour.start_import(hours)
    harbour.midway(job_id)
    family = harbour.everything()
    with locked(harbour.folder / "app.db"):
        assert harbour.stop() == 0
        wait_for("end of all processes", lambda: not harbour.everything(), 2)
    assert family
    harbour.start()
    assert harbour.ended(job_id)["state"] == "completed"
    assert is_quiet(harbour)
