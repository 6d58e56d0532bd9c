"""The kernel can be lifted out: an application that has nothing else runs with a real consumer, and without Flask."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).with_name("example_app.py")
ROOT = EXAMPLE.parents[2]
DEADLINE = 60.0


@pytest.fixture
def consumer(tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with (tmp_path / "log.txt").open("wb") as log:
        started = subprocess.Popen([sys.executable, EXAMPLE, tmp_path], env=environment, stdout=log, stderr=log)
    yield started
    started.kill()
    started.wait()


def state(folder: Path) -> str | None:
    """The state of the only job, None while there is none."""
    if not (folder / "ledger.db").exists():
        return None
    with closing(sqlite3.connect(folder / "ledger.db", timeout=10)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'jobs'").fetchone():
            return None
        found = connection.execute("SELECT state FROM jobs").fetchone()
    return found and str(found[0])


def test_an_application_without_flask_runs_its_job_and_stops_as_asked(consumer, tmp_path):
    until = time.monotonic() + DEADLINE
    while state(tmp_path) != "completed":
        assert consumer.poll() is None, (tmp_path / "log.txt").read_text()
        assert time.monotonic() < until, (tmp_path / "log.txt").read_text()
        time.sleep(0.05)
    greetings = (tmp_path / "greetings.txt").read_text().splitlines()
    assert greetings == [f"Hello {name}, flask is not here" for name in ("Ada", "Max", "Mia")]
    consumer.send_signal(signal.SIGTERM)
    assert consumer.wait(DEADLINE) == 0, (tmp_path / "log.txt").read_text()
