"""The benchmarks start, each section in its tiny form; what they find then means nothing."""

import json
import math
import subprocess
import sys

import pytest

from benchmarks import kernel, workbooks
from benchmarks.figures import Figure, table
from webapp.config import PROJECT

PATIENCE = 300
"""Seconds: the first section with peers installs them."""


@pytest.mark.live
@pytest.mark.parametrize(
    ("benchmark", "section"),
    [
        *(("kernel", section) for section in kernel.SECTIONS),
        *(("workbooks", section) for section in workbooks.SECTIONS),
    ],
)
def test_a_section_of_a_benchmark_starts(benchmark: str, section: str) -> None:
    command = [sys.executable, "-m", f"benchmarks.{benchmark}", section, "--quick", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=PATIENCE)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)[section]
    assert figures
    assert all(math.isfinite(figure["value"]) and figure["reached"] is None for figure in figures)


def test_a_figure_stands_beside_its_peers_with_a_ratio() -> None:
    said = table([Figure("jobs done", 500, "jobs/s", {"Huey": 1000}, "≥ 1,000/s", False)])
    assert said.splitlines()[0].startswith("- jobs done")
    assert said.splitlines()[0].endswith("reach ≥ 1,000/s")
    assert said.splitlines()[1].endswith("ratio 0.50")
