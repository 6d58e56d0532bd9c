"""Processes that are measured: started, watched in /proc, and ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil

PROJECT = Path(__file__).resolve().parent.parent


@contextmanager
def running(*command: object, log: Path, **environment: object) -> Iterator[psutil.Process]:
    """A Python process, `-m module argument …`, that is told to end when the block does, and made to end soon."""
    with log.open("ab") as file:
        process = subprocess.Popen(
            [sys.executable, *map(str, command)],
            cwd=PROJECT,
            env={**os.environ, **{name: str(value) for name, value in environment.items()}},
            stdout=file,
            stderr=file,
            start_new_session=True,
        )
    try:
        yield psutil.Process(process.pid)
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # whatever it left behind


def until(what: str, look: Callable[[], Any], seconds: float = 120, every: float = 0.05) -> Any:
    """What `look` finds, as soon as that is something. Raises TimeoutError, which names `what`."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(every)
    raise TimeoutError(f"No {what} within {seconds} s")


def family(process: psutil.Process) -> list[psutil.Process]:
    """The process and all its descendants."""
    return [process, *process.children(recursive=True)]


def cpu_share(process: psutil.Process, seconds: float) -> float:
    """How much of a core the family uses in the next so many seconds, in percent."""
    before, begun = _cpu_seconds(process), time.monotonic()
    time.sleep(seconds)
    return 100 * (_cpu_seconds(process) - before) / (time.monotonic() - begun)


def memory(process: psutil.Process) -> float:
    """The family's memory in MB: what several share counts once (PSS)."""
    return sum(_proportional(member) for member in family(process)) / 1024


def _proportional(process: psutil.Process) -> int:
    """In kB; 0 of one that has gone meanwhile."""
    try:
        rollup = Path(f"/proc/{process.pid}/smaps_rollup").read_text()
    except OSError:
        return 0
    return int(rollup.partition("\nPss:")[2].split()[0]) if rollup else 0


def _cpu_seconds(process: psutil.Process) -> float:
    """To the nanosecond; the ticks of /proc/PID/stat are too coarse for something idle."""
    tasks = [task for member in family(process) for task in Path(f"/proc/{member.pid}/task").glob("*/schedstat")]
    return sum(int(task.read_text().split()[0]) for task in tasks) / 1e9
