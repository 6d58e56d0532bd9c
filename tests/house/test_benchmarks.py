"""The benchmarks start, each section in its tiny form; what they find then means nothing."""

import json
import math
import subprocess
import sys

import pytest

from benchmarks.figures import Figure, table
from benchmarks.kernel import SECTIONS
from webapp.config import PROJECT


@pytest.mark.live
@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_the_kernel_s_benchmark_starts(section: str) -> None:
    command = [sys.executable, "-m", "benchmarks.kernel", section, "--quick", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)[section]
    assert figures
    assert all(math.isfinite(figure["value"]) and figure["reached"] is None for figure in figures)


@pytest.mark.live
def test_the_benchmark_of_exports_starts() -> None:
    command = [sys.executable, "-m", "benchmarks.exports", "--quick", "--json"]
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert len(json.loads(done.stdout)["exports"]) == 4


def test_a_figure_stands_beside_its_peers_with_a_ratio() -> None:
    said = table([Figure("jobs done", 500, "jobs/s", {"Huey": 1000}, "≥ 1,000/s", False)])
    assert said.splitlines()[0].startswith("- jobs done")
    assert said.splitlines()[0].endswith("reach ≥ 1,000/s")
    assert said.splitlines()[1].endswith("ratio 0.50")
