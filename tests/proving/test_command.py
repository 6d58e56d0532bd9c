"""`bin/flask jobs prove` as an operator runs it: it leaves the operator's own instance alone, and no trace."""

import json
import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.installation import PROJECT, command_line, wait_for

pytestmark = pytest.mark.live
SECONDS = 180


class Operator:
    """Somebody with an instance, and a folder for what is temporary."""

    def __init__(self, folder: Path):
        self.instance, self.temporary = folder / "instance", folder / "temporary"
        self.temporary.mkdir()
        settings = {"INSTANCE_DIR": str(self.instance), "TMPDIR": str(self.temporary), "LOG_LEVEL": "WARNING"}
        self._environment = {**os.environ, **settings, "HTTPS": "yes"}
        self._started: list[subprocess.Popen[str]] = []

    def prove(self, *options: str) -> subprocess.Popen[str]:
        """Starts a proof."""
        command = [PROJECT / "bin" / "flask", "jobs", "prove", *options]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started = subprocess.Popen(command, env=self._environment, text=True, start_new_session=True, **pipes)
        self._started.append(started)
        return started

    def scratch_processes(self) -> list[psutil.Process]:
        """The processes of scratch installations that are under way."""
        found = []
        for process in psutil.process_iter():
            try:
                if process.environ().get("INSTANCE_DIR", "").startswith(str(self.temporary)):
                    found.append(process)
            except psutil.Error:
                continue
        return found

    def end(self) -> None:
        """Leaves nothing behind."""
        for process in self._started:
            process.kill()
            process.communicate()


@pytest.fixture
def operator(tmp_path: Path) -> Iterator[Operator]:
    """The operator."""
    somebody = Operator(tmp_path)
    yield somebody
    somebody.end()


def test_a_proof_says_what_was_killed_and_leaves_nothing(operator: Operator):
    said, complaints = (proof := operator.prove("--minutes", "0.1", "--seed", "3", "--json")).communicate(
        timeout=SECONDS
    )
    assert proof.returncode == 0, said + complaints
    facts = json.loads(said)
    assert facts["is_proven"] is True
    assert (facts["seed"], facts["lost"], facts["repeated"], facts["left_over"]) == (3, [], [], [])
    assert sum(facts["kills"].values()) > 0
    assert sum(facts["states"].values()) >= facts["accepted"] > 0
    assert (complaints, list(operator.temporary.iterdir()), operator.scratch_processes()) == ("", [], [])
    assert not (operator.instance / "app.db").exists(), "the instance of the operator was not even made"


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM], ids=lambda signum: signum.name)
def test_a_proof_that_is_ended_before_its_time_leaves_nothing(operator: Operator, signum: signal.Signals):
    proof = operator.prove("--minutes", "10")
    wait_for("web process", lambda: [p for p in operator.scratch_processes() if "gunicorn" in command_line(p)], SECONDS)
    for _ in range(3):
        proof.send_signal(signum)
    said, complaints = proof.communicate(timeout=SECONDS)
    assert (proof.returncode, said) == (1, "")
    assert "It was ended before its time, and proves nothing." in complaints
    assert "Traceback" not in complaints
    assert (list(operator.temporary.iterdir()), operator.scratch_processes()) == ([], [])


def test_a_proof_that_is_killed_takes_its_installation_along(operator: Operator):
    proof = operator.prove("--minutes", "10")
    wait_for("web process", lambda: [p for p in operator.scratch_processes() if "gunicorn" in command_line(p)], SECONDS)
    proof.kill()
    proof.wait()
    wait_for("end of all processes", lambda: not operator.scratch_processes(), 30)
