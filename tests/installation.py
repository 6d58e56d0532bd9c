"""A whole installation as an operator runs it: `bin/run` with a folder and a port of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, TypeVar

import psutil

PROJECT = Path(__file__).resolve().parent.parent
PASSWORD = "quiet lighthouse over granite"
Found = TypeVar("Found")


def wait_for(what: str, look: Callable[[], Found], seconds: float = 60, every: float = 0.05) -> Found:
    """What `look` finds, as soon as that is something; fails, naming `what`, when it takes longer than `seconds`.

    There are `every` so many seconds between two looks.
    """
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(every)
    raise AssertionError(f"No {what} within {seconds} s")


class Installation:
    """Web, workers and supervisor, as processes of their own."""

    def __init__(self, folder: Path, **settings: str):
        self.folder = folder
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        own = {"INSTANCE_DIR": str(folder), "DATABASE_URL": "", "PORT": str(self.port)}
        self.environment = {**os.environ, **own, **settings}
        self.log = folder.parent / f"{folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Installation":
        """Starts it, again if it ended, and waits until it is ready."""
        if self.process is not None:
            self.process.wait(60)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [PROJECT / "bin" / "run"], env=self.environment, stdout=log, stderr=log, start_new_session=True
            )
        wait_for("answer at /readyz", self.is_ready, 60)
        return self

    def is_ready(self) -> bool:
        """Whether /readyz says so."""
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def stop(self, signum: int = signal.SIGTERM) -> int:
        """Ends it as an operator does; answers the exit code."""
        assert self.process is not None
        self.process.send_signal(signum)
        return self.process.wait(60)

    def everything(self) -> list[psutil.Process]:
        """Every living process of this installation, those without a parent too: all that know its folder."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def kill_everything(self) -> None:
        """For the end of a test, whatever state it left: no process of the installation stays."""
        while family := self.everything():
            for process in family:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(family, timeout=10)
        if self.process is not None:
            self.process.wait(10)

    def sign_up_token(self) -> str:
        """The one-time token that `bin/run` printed."""
        return wait_for("sign-up token", lambda: re.search(r"this token: (\S+)", self.log.read_text()))[1]

    def flask(self, *arguments: str, given: str | None = None, exit_code: int = 0) -> str:
        """What a command prints; fails when it ends with another exit code."""
        command = [PROJECT / "bin" / "flask", *arguments]
        done = subprocess.run(command, env=self.environment, input=given, capture_output=True, text=True, timeout=120)
        assert done.returncode == exit_code, f"{arguments}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    def json(self, *arguments: str, exit_code: int = 0) -> Any:
        """The one object that a command prints with --json."""
        return json.loads(self.flask(*arguments, "--json", exit_code=exit_code))

    def add_user(self, email: str, role: str = "member", organization: str = "Harbour Office") -> None:
        """Gives somebody an account with the password of all tests."""
        options = ["--role", role, "--organization", organization, "--password-stdin"]
        self.flask("users", "create", email, *options, given=PASSWORD)

    def job(self, job_id: str) -> dict[str, Any]:
        """A job as `jobs show` tells it."""
        return self.json("jobs", "show", job_id)

    def wait_for_status(self, job_id: str, *statuses: str, seconds: float = 60) -> dict[str, Any]:
        """The job, as soon as it is in one of these statuses."""
        return wait_for(f"job in {statuses}", lambda: (job := self.job(job_id))["status"] in statuses and job, seconds)

    def processes(self, words: Sequence[str]) -> list[psutil.Process]:
        """Its processes whose command line holds all these words."""
        return [process for process in self.everything() if all(word in command_line(process) for word in words)]

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            known = process.environ().get("INSTANCE_DIR") == str(self.folder)
            return (known or f"{self.folder}/" in command_line(process)) and process.status() != psutil.STATUS_ZOMBIE
        except psutil.Error:
            return False


@contextmanager
def installation(folder: Path, **settings: str) -> Iterator[Installation]:
    """A running installation; nothing of it is left afterwards."""
    running = Installation(folder, **settings)
    try:
        yield running.start()
    finally:
        running.kill_everything()


def command_line(process: psutil.Process) -> str:
    """The command line of a process; nothing for one that is gone."""
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


def free_port() -> int:
    """A port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
