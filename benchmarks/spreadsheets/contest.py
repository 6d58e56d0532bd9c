"""A contestant: a process of its own that does its work in an empty folder, watched while it does."""

import json
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import psutil

from ..processes import PROJECT, memory

SAMPLED_EVERY = 0.1
"""Seconds between two looks at the memory of a contestant."""


class Dropped(Exception):
    """A contestant did not come to its end."""


@dataclass(frozen=True)
class Run:
    """What it took: seconds and rows as the contestant itself counted them, set-up left out, with whatever else it
    tells; and the most memory in MB that its processes had together, from the first to the last.
    """

    seconds: float
    rows: int
    megabytes: float
    told: dict[str, Any]

    @property
    def rate(self) -> float:
        """Rows a second."""
        return self.rows / self.seconds


@dataclass(frozen=True)
class Contestant:
    """`name` for people; the module in `contestants` with its arguments, and the Python that runs it."""

    name: str
    module: str
    arguments: Sequence[object] = ()
    python: str = sys.executable

    def run(self, *arguments: object) -> Run:
        """One run, with these arguments before its own. Raises Dropped."""
        with TemporaryDirectory(prefix="longshore-benchmark-") as folder:
            module = f"benchmarks.spreadsheets.contestants.{self.module}"
            command = [self.python, "-m", module, folder, *map(str, (*arguments, *self.arguments))]
            process = subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            most = _watch(process)
            output, errors = process.communicate()
        if process.returncode != 0:
            raise Dropped(f"{self.name}: {errors[-2000:]}")
        told = json.loads(output.splitlines()[-1])
        return Run(told.pop("seconds"), told.pop("rows"), most, told)


def typical(runs: Sequence[Run]) -> Run:
    """The run in the middle, by its rate."""
    middle = median(run.rate for run in runs)
    return min(runs, key=lambda run: abs(run.rate - middle))


def _watch(process: subprocess.Popen[str]) -> float:
    """The most memory of the family, until its first process ends."""
    most, first = 0.0, psutil.Process(process.pid)
    while process.poll() is None:
        most = max(most, memory(first))
        try:
            process.wait(SAMPLED_EVERY)
        except subprocess.TimeoutExpired:
            continue
    return most
