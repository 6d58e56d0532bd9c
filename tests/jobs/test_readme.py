"""The kernel's README tells the truth: its program runs, its diagram and its names are those of the code."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import webapp.jobs
from webapp.jobs.states import TRANSITIONS

FOLDER = Path(webapp.jobs.__file__).parent
README = (FOLDER / "README.md").read_text()
ROOT = FOLDER.parents[1]


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_its_program_prints_what_it_says(tmp_path):
    program = "\n".join(blocks("python"))
    said = re.findall(r"^# (.+)", program, re.MULTILINE)
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", program]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True)
    assert (done.stdout.splitlines(), done.returncode) == (said, 0), done.stderr


def test_its_diagram_shows_every_legal_way_and_no_other():
    (diagram,) = blocks("mermaid")
    shown = re.findall(r"(\w+) --> (\w+)", diagram)
    assert sorted(shown) == sorted((start.value, end.value) for start, end in TRANSITIONS)


def test_it_names_the_whole_public_face():
    section = README.split("## The public face\n", 1)[1].split("\n## ", 1)[0]
    named = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`]+)`", section))))
    errors = {name for name in webapp.jobs.__all__ if issubclass_of_error(name)}
    sets_and_words = {"ACTIVE", "FINISHED", "UNFINISHED", "STATUS", "WORDS"}
    assert set(webapp.jobs.__all__) - errors - sets_and_words <= named


def issubclass_of_error(name: str) -> bool:
    found = getattr(webapp.jobs, name)
    return isinstance(found, type) and issubclass(found, webapp.jobs.JobError)


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)#:]+)\)", README))
def test_every_link_leads_somewhere(link):
    assert (FOLDER / link).exists()


@pytest.mark.parametrize("path", re.findall(r"`(tests/[\w/]+\.py)`", README))
def test_every_test_that_it_names_exists(path):
    assert (ROOT / path).exists()
