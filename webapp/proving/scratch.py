"""A scratch installation: web, workers and supervisor in a folder of their own, which are nobody's."""

import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import psutil

from webapp.jobs import Pool

from . import MARK, leash

Found = TypeVar("Found")

OWNER = "prover@example.org"
LEASE = 2
"""Seconds: the shortest lease there is, so that a proof sees many of them run out."""
STARTS_WITHIN, ENDS_WITHIN = 60.0, 15.0
"""Seconds after which a start has failed, and seconds that anything may take to end: ten are promised."""


@dataclass(frozen=True)
class Ground:
    """What a scratch installation is made from: the program, the environment without settings, the declared pools."""

    project: Path
    environment: Mapping[str, str]
    pools: Sequence[Pool]


class ScratchFailed(Exception):
    """The scratch installation could not be used."""

    def __init__(self, problem: str):
        self.sentence = f"{self.__doc__} {problem}"
        super().__init__(self.sentence)


class Scratch:
    """An installation in the folder `root`, which must be empty; its log lies there too."""

    def __init__(self, root: Path, ground: Ground):
        self.root, self.folder, self.log = root, root / "instance", root / "log.txt"
        self.pools, self._project = ground.pools, ground.project
        self._port = _free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self.password = secrets.token_urlsafe(24)
        self._environment = {
            **ground.environment,
            "INSTANCE_DIR": str(self.folder),
            "PORT": str(self._port),
            "LEASE_SECONDS": str(LEASE),
            "ACTIVE_JOBS": "1000",
        }
        self._process: subprocess.Popen[bytes] | None = None

    def furnish(self, workbook: Path) -> int:
        """Makes the instance, with one person and a template for workbooks like this one; answers its id."""
        self.folder.mkdir(mode=0o700)
        (self.folder / MARK).touch()
        account = ["--role", "admin", "--organization", "Proof", "--password-stdin"]
        self.command("users", "create", OWNER, *account, given=self.password)
        options = ["--name", "Proof", "--key", "Entry no"]
        return int(self.command("imports", "template-from", str(workbook), *options)["template_id"])

    def command(self, *arguments: str, given: str | None = None) -> Any:
        """The object that a command prints. Raises ScratchFailed."""
        done = subprocess.run(
            [*_flask(), *arguments, "--json"],
            cwd=self._project,
            env=self._environment,
            input=given,
            capture_output=True,
            text=True,
            start_new_session=True,
        )
        if done.returncode != 0:
            raise ScratchFailed(f"{' '.join(arguments[:2])}: {done.stderr or done.stdout}")
        return json.loads(done.stdout)

    # -- as an operator ----------------------------------------------------------------------------------------

    def start(self) -> None:
        """Starts it, and waits until it is ready. Ends with this process, and thread. Raises ScratchFailed."""
        command = [sys.executable, leash.__file__, str(os.getpid()), *_flask(), "serve"]
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                command, cwd=self._project, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        if not until(self.is_ready, STARTS_WITHIN):
            raise ScratchFailed(f"It was not ready within {STARTS_WITHIN:.0f} s; its log is {self.log}.")

    def is_ready(self) -> bool:
        """Whether it says so itself. Raises ScratchFailed if it has ended."""
        if self._process is not None and self._process.poll() is not None:
            raise ScratchFailed(f"It ended with {self._process.returncode}; its log is {self.log}.")
        try:
            with urllib.request.urlopen(f"{self.url}/readyz", timeout=2) as answer:
                return bool(answer.status == 200)
        except OSError:
            return False

    def stop(self) -> int | None:
        """Asks it to end; answers the exit code, None if it did not in time."""
        assert self._process is not None
        self._process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            return self._process.wait(ENDS_WITHIN)
        return None

    # -- its processes -----------------------------------------------------------------------------------------

    @property
    def supervisor(self) -> psutil.Process:
        """The process that keeps the others alive."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def kill_supervisor(self) -> None:
        """Ends the supervisor as a power cut would."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def everything(self) -> list[psutil.Process]:
        """Every living process of it, also without a parent: all that know its folder."""
        return [process for process in psutil.process_iter() if self._is_ours(process)]

    def kill_everything(self) -> None:
        """Leaves no process."""
        while family := self.everything():
            for process in family:
                with suppress(psutil.Error):
                    process.kill()
            psutil.wait_procs(family, timeout=5)
        if self._process is not None:
            self._process.wait()

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            known = process.environ().get("INSTANCE_DIR") == str(self.folder)
            return (known or f"{self.folder}/" in " ".join(process.cmdline())) and is_alive(process)
        except psutil.Error:
            return False


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs, or could."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def until(look: Callable[[], Found], seconds: float) -> Found:
    """What is to be seen, as soon as it is something; after so many seconds whatever it is then."""
    deadline = time.monotonic() + seconds
    while not (found := look()) and time.monotonic() < deadline:
        time.sleep(0.05)
    return found


def _flask() -> list[str]:
    return [sys.executable, "-m", "flask", "--app", "wsgi"]


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
