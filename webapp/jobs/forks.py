"""Processes that are copies of this one: they share its memory until they write to it, and end with it."""

import ctypes
import multiprocessing
import os
import signal
import subprocess
from collections.abc import Callable
from typing import Protocol

from setproctitle import setproctitle

from .consumer import PR_SET_PDEATHSIG

os.environ.setdefault("SPT_NOENV", "1")  # a title leaves the environment that operators see of a process as it is
STOPPING = (signal.SIGTERM, signal.SIGINT)


class Process(Protocol):
    """What is done with a process that was started: as with subprocess.Popen."""

    pid: int

    @property
    def returncode(self) -> int | None:
        """The exit code, None while nobody has seen it end."""

    def poll(self) -> int | None:
        """The exit code, None while it runs."""

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. Raises subprocess.TimeoutExpired."""

    def send_signal(self, sig: int) -> None:
        """Sends a signal, unless it has ended."""

    def kill(self) -> None:
        """Ends it at once."""


class Forked:
    """A copy of this process that runs `main` under another title, in a session of its own, and ends with its parent.

    This process must have no threads, and `main` must open connections of its own.
    """

    def __init__(self, main: Callable[[], None], title: str):
        self._title, parent = title, os.getpid()
        context = multiprocessing.get_context("fork")
        self._process = context.Process(target=_become, args=(main, title, parent))
        signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)  # a signal waits until the copy has let go of our handlers
        try:
            self._process.start()
        finally:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
        self.pid = self._process.pid or 0

    @property
    def returncode(self) -> int | None:
        """The exit code, None while it runs; the negative signal that ended it."""
        return self._process.exitcode

    def poll(self) -> int | None:
        """The same."""
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """The exit code, once it has ended. Raises subprocess.TimeoutExpired."""
        self._process.join(timeout)
        if (code := self.returncode) is None:
            raise subprocess.TimeoutExpired(self._title, timeout or 0)
        return code

    def send_signal(self, sig: int) -> None:
        """Sends a signal, unless it has ended."""
        if self.returncode is None:
            os.kill(self.pid, sig)

    def kill(self) -> None:
        """Ends it at once."""
        self._process.kill()


def die_with(parent: int) -> None:
    """In a new child: ask to be ended when the parent is gone, even if by SIGKILL."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != parent:
        os._exit(1)


def _become(main: Callable[[], None], title: str, parent: int) -> None:
    for signum in STOPPING:
        signal.signal(signum, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, STOPPING)
    os.setsid()  # a Ctrl-C goes to the supervisor alone, which tells its children once
    die_with(parent)
    setproctitle(title)
    main()
