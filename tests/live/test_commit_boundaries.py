"""SIGKILL exactly before and exactly after each commit of a job of a thousand rows, in both styles."""

import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.installation import PROJECT, wait_for
from webapp.jobs import Handler

from . import dying_app
from .dying_app import ROWS, SIZE, Application, iterate, take_steps

pytestmark = pytest.mark.live
NOWHERE = "nowhere"
SECONDS = 180


@pytest.fixture
def application(tmp_path: Path) -> Iterator[Application]:
    """The application, with its consumer running."""
    made = Application(tmp_path)
    made.make()
    environment = {**os.environ, "PYTHONPATH": str(PROJECT)}
    with (tmp_path / "log.txt").open("wb") as log:
        command = [sys.executable, dying_app.__file__, str(tmp_path)]
        consumer = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    yield made
    made.close()
    consumer.send_signal(signal.SIGTERM)
    assert consumer.wait(20) == 0, (tmp_path / "log.txt").read_text()


def rows(folder: Path, query: str, *values: Any) -> list[Any]:
    with closing(sqlite3.connect(folder / "ledger.db", timeout=20)) as connection:
        return connection.execute(query, values).fetchall()


def enqueue(application: Application, handler: Handler, place: str, moment: str) -> str:
    """The id of a new job that kills its worker there."""
    with application.kernel.writing() as session:
        return application.kernel.enqueue(
            session, handler, owner=None, subject=("death", "-"), title=moment, place=place, moment=moment
        ).id


def wait_for_all(folder: Path) -> None:
    unfinished = "SELECT count(*) FROM jobs WHERE completed_at IS NULL"
    wait_for("end of all jobs", lambda: rows(folder, unfinished) == [(0,)], SECONDS)


@pytest.mark.parametrize("handler", [iterate, take_steps], ids=lambda handler: handler.name)
def test_a_job_whose_worker_dies_at_a_commit_has_its_effects_once(
    application: Application, tmp_path: Path, handler: Handler
):
    undisturbed = enqueue(application, handler, NOWHERE, "never")
    wait_for_all(tmp_path)
    places = application.places_of(undisturbed)
    assert len(places) >= ROWS // SIZE + 2, "its claim, its batches, its end"
    boundaries = [(place, moment) for place in places for moment in ("before", "after")]
    jobs = {enqueue(application, handler, *boundary): boundary for boundary in boundaries}
    wait_for_all(tmp_path)
    assert [boundary for job_id, boundary in jobs.items() if not application.has_killed_for(job_id)] == []
    ends = dict(rows(tmp_path, "SELECT id, state FROM jobs"))
    assert {boundary: ends[job_id] for job_id, boundary in jobs.items() if ends[job_id] != "completed"} == {}
    effects = "SELECT count(*), count(DISTINCT item), min(item), max(item) FROM effects WHERE job = ?"
    done = {boundary: rows(tmp_path, effects, job_id) for job_id, boundary in jobs.items()}
    assert {boundary: found for boundary, found in done.items() if found != [(ROWS, ROWS, 0, ROWS - 1)]} == {}
    assert rows(tmp_path, "SELECT * FROM jobs WHERE worker IS NOT NULL OR lease_until IS NOT NULL") == []
    assert rows(tmp_path, "PRAGMA integrity_check") == [("ok",)]
