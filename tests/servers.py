"""Servers of the tests' own: each started when a test first asks for it, on a socket in a folder of its own.

They keep nothing, listen on no port, and end with the tests, however those end.
"""

import ctypes
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import cached_property
from pathlib import Path

DEADLINE = 60.0
PR_SET_PDEATHSIG = 1
NOT_ROOT = "nobody"
"""Who runs the servers if root runs the tests: PostgreSQL refuses to be root's."""
IN_MEMORY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "listen_addresses": ""}


class Servers:
    """The servers of one run of the tests; where each is, as a URL."""

    def __init__(self, around: ExitStack):
        self._around = around

    @cached_property
    def postgresql(self) -> str:
        """A PostgreSQL server: the URL of a database of the user `longshore`, for libpq."""
        return self._around.enter_context(_postgresql())

    @cached_property
    def redis(self) -> str:
        """A Redis server."""
        return self._around.enter_context(_redis())


def program(name: str) -> str | None:
    """The path of a server's program; Debian keeps those of PostgreSQL by their version, off the search path."""
    kept = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"))
    return shutil.which(name) or (str(kept[-1]) if kept else None)


@contextmanager
def _postgresql() -> Iterator[str]:
    import psycopg

    with _folder() as folder:
        initdb = [program("initdb"), "-D", folder / "data", "-U", "longshore", "-A", "trust", "-E", "UTF8", "--no-sync"]
        subprocess.run([*initdb, "--locale=C"], check=True, stdout=subprocess.DEVNULL, cwd=folder, user=_user())
        options = [part for name, value in IN_MEMORY.items() for part in ("-c", f"{name}={value}")]
        url = f"postgresql://longshore@/postgres?host={folder}"
        with _running([program("postgres"), "-D", folder / "data", "-k", folder, *options], folder):
            _until(lambda: psycopg.connect(url).close(), psycopg.OperationalError)
            yield url


@contextmanager
def _redis() -> Iterator[str]:
    import redis

    with _folder() as folder:
        socket = folder / "redis.sock"
        with _running([program("redis-server"), "--port", "0", "--unixsocket", socket, "--save", ""], folder):
            with redis.Redis(unix_socket_path=str(socket)) as client:
                _until(client.ping, redis.ConnectionError)
            yield f"unix://{socket}"


@contextmanager
def _folder() -> Iterator[Path]:
    """A folder whose path is short enough for a socket, and which whoever runs the servers may use."""
    with tempfile.TemporaryDirectory() as name:
        if _user():
            shutil.chown(name, _user())
        yield Path(name)


@contextmanager
def _running(command: Sequence[object], folder: Path) -> Iterator[None]:
    with (folder / "log.txt").open("wb") as log:
        process = subprocess.Popen(
            [str(part) for part in command], stdout=log, stderr=log, cwd=folder, user=_user(), preexec_fn=_die_with_us
        )
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(DEADLINE)


def _until(works: Callable[[], object], not_yet: type[Exception]) -> None:
    until = time.monotonic() + DEADLINE
    while True:
        try:
            works()
            return
        except not_yet:
            if time.monotonic() > until:
                raise
        time.sleep(0.02)


def _user() -> str | None:
    return NOT_ROOT if os.getuid() == 0 else None


def _die_with_us() -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGINT)
