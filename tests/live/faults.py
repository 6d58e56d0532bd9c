"""What can befall an installation from outside, each for as long as a `with` block lasts, and what its log may say."""

import os
import re
import resource
import sqlite3
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from .harbour import Harbour

LONG = bool(os.environ.get("LONGSHORE_CHAOS"))
"""Whether faults last as long as they are promised to be outlived, or only longer than every patience."""
OUTAGE = 300 if LONG else 25
PERIOD = 30
"""Seconds in which a process may complain of one thing once."""
PARTS = ("", "-wal", "-shm")
ALTERED = str(Path(__file__).parent / "altered")
LINE = re.compile(r"^\S+ \S+ (?:WARNING|ERROR) (?P<process>\d+) \S+ (?P<words>.*)$", re.M)
VARYING = re.compile(r"\d+|\b[0-9a-f]{16}\b|\(.*?\)")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program is in the midst of a write transaction."""
    with closing(sqlite3.connect(path, timeout=30, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield
        connection.execute("ROLLBACK")


@contextmanager
def away(path: Path) -> Iterator[None]:
    """The database is somewhere else, with all its parts."""
    elsewhere = path.parent.parent / "elsewhere"
    elsewhere.mkdir()
    parts = [path.with_name(path.name + part) for part in PARTS]
    moved = [part for part in parts if part.exists()]
    for part in moved:
        part.rename(elsewhere / part.name)
    yield
    for part in moved:
        (elsewhere / part.name).rename(part)
    elsewhere.rmdir()


@contextmanager
def unwritable(*paths: Path) -> Iterator[None]:
    """Nobody may write these files and folders. Root obeys that if it has `NO_PRIVILEGES`."""
    modes = {path: path.stat().st_mode for path in paths}
    for path, mode in modes.items():
        path.chmod(mode & ~0o222)
    yield
    for path, mode in modes.items():
        path.chmod(mode)


@contextmanager
def full(harbour: Harbour) -> Iterator[None]:
    """The disk on which the instance lies has not a byte left."""
    ballast = harbour.folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        size = 1 << 20
        while size:
            try:
                file.write(b"x" * size)
            except OSError:
                size //= 2
    yield
    ballast.unlink()


@contextmanager
def no_room_in_files(harbour: Harbour) -> Iterator[None]:
    """No file may grow beyond half a megabyte: that needs no disk of one's own, and no privileges."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    _limit_files(harbour, (1 << 19, before[1]))
    yield
    _limit_files(harbour, before)


@contextmanager
def small_disk(folder: Path, is_wanted: bool = True) -> Iterator[None]:
    """What is written into this new folder lies on a disk of 64 MB, in memory; if that is not wanted, where it is."""
    folder.mkdir()
    if not is_wanted:
        yield
        return
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64m", "longshore", folder], check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


@cache
def can_mount() -> bool:
    """Whether this process may have a disk of its own."""
    with TemporaryDirectory() as folder:
        try:
            with small_disk(Path(folder, "disk")):
                return True
        except (OSError, subprocess.CalledProcessError):
            return False


def last(seconds: float) -> None:
    """The fault lasts so long: there is nothing to wait for but its end."""
    time.sleep(seconds)


def is_quiet(harbour: Harbour, seconds: float = OUTAGE + PERIOD) -> bool:
    """Whether its log has no trace, and of each process no complaint more often than once a period; each start of a
    process that died may be told.
    """
    said = Counter((found["process"], VARYING.sub("#", found["words"])) for found in LINE.finditer(harbour.said()))
    often = {complaint: count for complaint, count in said.items() if count > 1 + seconds / PERIOD}
    assert "Traceback" not in harbour.said()
    assert [complaint for complaint in often if "starting it again" not in complaint[1]] == []
    return True


def _limit_files(harbour: Harbour, limits: tuple[int, int]) -> None:
    readers = harbour.readers()  # those may write no file anyhow
    for process in harbour.everything():
        if process not in readers:
            process.rlimit(resource.RLIMIT_FSIZE, limits)
