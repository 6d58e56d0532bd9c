"""Whoever can write into the queue's file can run nothing: what the installation did not sign is refused and logged."""

import os
import pickle
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.installation import wait_for

from .harbour import Harbour

pytestmark = pytest.mark.live


class Trap:
    """What makes a file when it is unpickled."""

    def __init__(self, path: Path):
        self.path = path

    def __reduce__(self) -> tuple[object, ...]:
        return os.mkdir, (str(self.path),)


def put(harbour: Harbour, *messages: bytes) -> None:
    """Slips messages into the queue's file."""
    with closing(sqlite3.connect(harbour.folder / "queue.db", timeout=10)) as connection, connection:
        rows = [("main", message, 100.0) for message in messages]
        connection.executemany("INSERT INTO task (queue, data, priority) VALUES (?, ?, ?)", rows)


def crew_of(harbour: Harbour) -> set[int]:
    """The processes of the consumer: its workers and its housekeeper."""
    return {process.pid for process in harbour.consumer().children()}


def test_a_message_that_nobody_signed_is_refused_and_logged_and_stops_no_worker(harbour: Harbour, tmp_path: Path):
    sprung = tmp_path / "sprung"
    crew = wait_for("crew", lambda: len(found := crew_of(harbour)) == 3 and found)
    garbage = [b"", b"x", b"\0" * 200, os.urandom(64) + b'["1", "run_job", 1, ["0000000000000000"]]']
    put(harbour, *garbage, pickle.dumps(Trap(sprung)))
    wait_for("refusals", lambda: harbour.said().count("It was refused.") == len(garbage) + 1)
    assert harbour.books.messages() == 0
    assert not sprung.exists()
    assert "Traceback" not in harbour.said()
    assert crew_of(harbour) == crew


def test_jobs_run_after_a_refused_message(harbour: Harbour):
    put(harbour, b"garbage")
    answer = harbour.ada.submit("/jobs/hello", page="/jobs")
    assert harbour.ended(answer.location.rpartition("/")[2])["state"] == "completed"
