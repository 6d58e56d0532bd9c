"""Workers for a demonstration: those that run anyhow, or some of its own that end with it."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from flask import current_app

from webapp.config import PROJECT
from webapp.db import reading
from webapp.jobs import clock, workers_alive
from webapp.proving import leash

from .errors import NoWorker

STARTED_WITHIN, ENDED_WITHIN = 30.0, 12.0
LEASE = "3"
"""Seconds that a lost worker of a demonstration keeps its job: so that nobody has to wait for long."""


@contextmanager
def workers() -> Iterator[bool]:
    """Within the block workers are there; yields whether they are the demonstration's own. Raises NoWorker."""
    if are_there():
        yield False
        return
    process = _started(current_app.config["INSTANCE_DIR"])
    try:
        yield True
    finally:
        _end(process)


def are_there() -> bool:
    """Whether workers have been seen lately."""
    with reading() as session:
        return workers_alive(session, clock.now()) > 0


def _started(instance: Path) -> subprocess.Popen[bytes]:
    """The workers of all pools, which end with this process, however that ends."""
    command = [sys.executable, "-m", "flask", "--app", "wsgi", "worker"]
    environment = {**os.environ, "INSTANCE_DIR": str(instance), "LEASE_SECONDS": LEASE}
    path = instance / "demonstration.log"
    with path.open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, leash.__file__, str(os.getpid()), *command],
            cwd=PROJECT, env=environment, stdout=log, stderr=log, start_new_session=True,
        )  # fmt: skip
    deadline = time.monotonic() + STARTED_WITHIN
    while not are_there():
        if process.poll() is not None or time.monotonic() > deadline:
            _end(process)
            raise NoWorker(seconds=STARTED_WITHIN, log=path)
        time.sleep(0.1)
    return process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(ENDED_WITHIN)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
