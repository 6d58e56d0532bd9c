"""Copies of a process: under a title of their own, waited for like programs, gone with their parent, stopped in time.

They are made by a process without threads, as a supervisor is, and not by that of the tests.
"""

import subprocess
import sys
from textwrap import dedent

import psutil
import pytest

from tests.installation import PROJECT, command_line, wait_for

BEGINNING = """
import os, signal, subprocess, sys, time
from webapp.jobs.forks import Forked

def sleep():
    time.sleep(600)

"""


def python(code: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", BEGINNING + dedent(code), "some", "arguments", "to", "write", "a", "title", "over"]
    environment = {"INSTANCE_DIR": "/nowhere", "PATH": "/usr/bin:/bin"}
    return subprocess.Popen(command, cwd=PROJECT, env=environment, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize(
    ("main", "code"),
    [("print", 0), ("lambda: sys.exit(3)", 3), ("lambda: os.kill(os.getpid(), signal.SIGKILL)", -9)],
)
def test_it_is_waited_for_like_a_program(main: str, code: int) -> None:
    with python(
        f"child = Forked({main}, 'child'); code = child.wait(); print(code, child.poll(), child.returncode)"
    ) as it:
        assert it.communicate()[0].split() == [str(code)] * 3


def test_it_has_a_title_and_keeps_its_environment_and_ends_with_its_parent() -> None:
    with python("print(Forked(sleep, 'bin/flask worker').pid, flush=True); sleep()") as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait_for("title", lambda: "bin/flask worker" in command_line(child))
        assert child.environ()["INSTANCE_DIR"] == "/nowhere"
        parent.kill()
    wait_for("end of the copy", lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_one_that_takes_too_long_is_told_of_and_may_be_killed() -> None:
    code = """
    child = Forked(sleep, "child")
    try:
        child.wait(0.1)
    except subprocess.TimeoutExpired:
        child.kill()
        print(child.wait())
    """
    with python(code) as it:
        assert it.communicate()[0].split() == ["-9"]


def test_a_signal_that_comes_at_once_is_not_lost_to_the_handlers_of_the_parent() -> None:
    code = """
    for signum in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signum, lambda *_: None)
    for _ in range(20):
        child = Forked(sleep, "child")
        child.send_signal(signal.SIGTERM)
        print(child.wait())
    """
    with python(code) as it:
        assert it.communicate()[0].split() == ["-15"] * 20
