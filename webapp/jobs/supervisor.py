"""A supervisor: starts child processes, starts those again that die, and takes all of them along when it ends."""

import gc
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from .forks import Forked, Process, die_with

log = logging.getLogger("webapp.jobs")

GRACE = 9.5
STEADY = 10.0
"""Seconds after which a child that ran so long counts as steady, and is started again at once when it dies."""


@dataclass
class Child:
    """A process to keep alive: its name, and how it is started."""

    name: str
    start: Callable[[], Process]
    process: Process | None = None
    started_at: float = 0.0
    start_after: float = 0.0
    deaths: int = 0


def program(name: str, command: Sequence[str]) -> Child:
    """A child that is a program of its own."""
    return Child(name, lambda: _popen(command))


def fork(name: str, title: str, main: Callable[[], None]) -> Child:
    """A child that is a copy of the supervisor and runs `main`: what was imported before is in memory once for all
    of them. `title` is its command line, as operators see it.
    """
    return Child(name, lambda: Forked(main, title))


class Supervisor:
    """Keeps its children alive until SIGTERM or SIGINT; then SIGTERM ends them, and SIGKILL after `GRACE` seconds."""

    def __init__(self, children: Sequence[Child]):
        self._children = children
        self._stopping = False

    def run(self) -> int:
        """Runs until told to stop; answers the exit code."""
        for signum in (signal.SIGTERM, signal.SIGINT):
            signal.signal(signum, self._stop)
        gc.collect()
        gc.freeze()  # the collector of a forked child leaves alone, and so shared, what is there now
        while not self._stopping:
            for child in self._children:
                self._tend(child)
            time.sleep(0.1)
        return self._end()

    def _stop(self, _signum: int, _frame: object) -> None:
        self._stopping = True

    def _tend(self, child: Child) -> None:
        if child.process is None:
            if time.monotonic() >= child.start_after:
                self._start(child)
        elif child.process.poll() is not None:
            self._bury(child)

    def _start(self, child: Child) -> None:
        child.process = child.start()
        child.started_at = time.monotonic()

    def _bury(self, child: Child) -> None:
        assert child.process is not None
        steady = time.monotonic() - child.started_at >= STEADY
        child.deaths = 0 if steady else child.deaths + 1
        wait = 0.0 if child.deaths <= 1 else min(2.0**child.deaths, 30)
        log.error("%s ended with %d; starting it again in %.0f s", child.name, child.process.returncode, wait)
        child.process, child.start_after = None, time.monotonic() + wait

    def _end(self) -> int:
        alive = [child.process for child in self._children if child.process and child.process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + GRACE
        for process in alive:
            _wait(process, deadline)
        return 0


def _wait(process: Process, deadline: float) -> None:
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        log.warning("process %d did not end in time and is killed", process.pid)
        process.kill()
        process.wait()


def _popen(command: Sequence[str]) -> Process:
    parent = os.getpid()
    return subprocess.Popen(
        command,
        start_new_session=True,  # a Ctrl-C goes to the supervisor alone, which tells its children once
        preexec_fn=lambda: die_with(parent),
    )
