"""The reading process as its parent sees it: started with nothing to lose, watched, and ended in time."""

import logging
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Generator
from pathlib import Path
from types import TracebackType
from typing import IO

import msgspec

from ..refusals import NeedsTooMuchMemory, ReadingFailed, ReadingStopped, TakesTooLong, WorkbookRefused, refusal_named
from . import wire
from .request import Request

log = logging.getLogger(__name__)

ROOT = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-s", *(["-B"] if sys.dont_write_bytecode else []), "-m", "webapp.sheets.reader.child")
ENVIRONMENT = {"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"}
CHUNK = 256 * 1024
LOOK_UP_EVERY = 0.2
"""Seconds of silence after which the reader of a process is asked whether to wait on."""

# What a death by each signal means; every other signal came from outside.
DEATHS: dict[int, type[WorkbookRefused]] = {
    signal.SIGXCPU: TakesTooLong,
    signal.SIGABRT: NeedsTooMuchMemory,
    signal.SIGSEGV: ReadingFailed,
    signal.SIGBUS: ReadingFailed,
    signal.SIGILL: ReadingFailed,
    signal.SIGFPE: ReadingFailed,
}


class ReadingProcess:
    """A context manager around one reading process; leaving it ends the process at once.

    The process also dies with the thread that entered the context, so that this thread has to read it to its end.
    """

    def __init__(self, request: Request, patience: float, waiting: Callable[[], None] = lambda: None) -> None:
        """`patience` is the longest wait for the next frame, in seconds; `waiting` is called now and then meanwhile,
        and ends the wait by what it raises.
        """
        self._request = request
        self._patience, self._waiting = patience, waiting
        self._buffer = bytearray()

    def __enter__(self) -> "ReadingProcess":
        # A session of its own keeps a terminal's Ctrl-C away from it: its parent decides when to stop.
        self._process = subprocess.Popen(
            [*COMMAND, msgspec.json.encode(self._request).decode()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            env=ENVIRONMENT,
            start_new_session=True,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.kill()
        self._output.close()
        self._process.wait()

    @property
    def pid(self) -> int:
        """The process id, for tests that kill it."""
        return self._process.pid

    def frames(self) -> Generator[tuple[bytes, bytes]]:
        """Kind and body of each frame until the end. Raises the WorkbookRefused that the process named or died of."""
        while True:
            kind, length = wire.FRAME.unpack(self._take(wire.FRAME.size))
            if length > wire.LARGEST_FRAME:
                raise NeedsTooMuchMemory
            body = self._take(length)
            if kind == wire.REFUSAL:
                raise _named(body)
            if kind == wire.END:
                return
            yield kind, body

    @property
    def _output(self) -> IO[bytes]:
        assert self._process.stdout is not None
        return self._process.stdout

    def _take(self, size: int) -> bytes:
        """The next `size` bytes of the output."""
        deadline = time.monotonic() + self._patience
        while len(self._buffer) < size:
            chunk = self._read(deadline)
            if not chunk:
                raise self._cause_of_death()
            self._buffer += chunk
        taken = bytes(self._buffer[:size])
        del self._buffer[:size]
        return taken

    def _read(self, deadline: float) -> bytes:
        descriptor = self._output.fileno()
        poll = select.poll()
        poll.register(descriptor, select.POLLIN)
        while not poll.poll(min(max(0.0, deadline - time.monotonic()), LOOK_UP_EVERY) * 1_000):
            if time.monotonic() >= deadline:
                raise TakesTooLong
            self._waiting()
        return os.read(descriptor, CHUNK)

    def _cause_of_death(self) -> WorkbookRefused:
        code = self._process.wait()
        log.warning("The process that read a workbook ended early with code %s", code)
        if code >= 0:
            return ReadingFailed()
        return DEATHS.get(-code, ReadingStopped)()


def _named(body: bytes) -> WorkbookRefused:
    name, facts = msgspec.msgpack.decode(body, type=tuple[str, dict[str, str | int]])
    refusal = refusal_named(name, facts)
    if "fault" in facts:
        log.warning("A workbook could not be read: %s in the reading process", facts["fault"])
    return refusal
