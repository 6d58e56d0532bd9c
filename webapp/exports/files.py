"""The files of exports: written beside, there only when whole, gone when they have expired."""

import os
import secrets
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import BinaryIO

from .errors import DiskFull

PART = ".part"
STRAY_SECONDS = 3600
"""How long a file may lie in the folder that no export knows: one that is just being made is younger."""


@dataclass(frozen=True)
class Draft:
    """A file that is being written, and the name that it will have in its folder."""

    file: BinaryIO
    stored_as: str


@contextmanager
def drafted(folder: Path, export_id: int, token: int) -> Iterator[Draft]:
    """A new file for an export, by the attempt that has this token. At the end of the block it is on the disk, whole,
    under its name; if the block ends by an exception, nothing is left of it. Raises DiskFull.
    """
    stored_as = f"{export_id}-{token}-{secrets.token_hex(16)}"
    part = folder / (stored_as + PART)
    try:
        with _told_when_full(), open(part, "xb", opener=_for_its_owner) as file:
            yield Draft(file, stored_as)
            file.flush()
            os.fsync(file.fileno())
        part.rename(folder / stored_as)
        _keep_names(folder)
    finally:
        part.unlink(missing_ok=True)


def remove(folder: Path, stored_as: str | None) -> None:
    """Deletes a file, if it is there."""
    if stored_as:
        (folder / stored_as).unlink(missing_ok=True)


def remove_earlier(folder: Path, export_id: int, token: int) -> None:
    """Deletes what earlier attempts at an export left behind: never what a later one has made meanwhile."""
    for path in folder.glob(f"{export_id}-*"):
        if int(path.name.split("-")[1]) < token:
            path.unlink(missing_ok=True)


def remove_unknown(folder: Path, known: Collection[str], under_way: Collection[int]) -> int:
    """Deletes the files that no export knows, but for young ones and those of exports that are under way; answers how
    many there were.
    """
    removed = 0
    for path in folder.iterdir():
        is_needed = path.name in known or path.name.split("-")[0] in map(str, under_way)
        if not is_needed and path.stat().st_mtime < time.time() - STRAY_SECONDS:
            path.unlink(missing_ok=True)
            removed += 1
    return removed


def _for_its_owner(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


@contextmanager
def _told_when_full() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (ENOSPC, EDQUOT):
            raise DiskFull from error
        raise


def _keep_names(folder: Path) -> None:
    """Sees to it that the folder's new name outlives a crash of the machine."""
    place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(place)
    finally:
        os.close(place)
