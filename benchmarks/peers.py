"""Bare Huey, the peer: as it comes, and tuned as well as its settings allow."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from huey import SqliteHuey
from huey.storage import SqliteStorage

from .handlers import stamp
from .processes import running

DEFAULT, TUNED = "Huey as it comes", "Huey tuned"
NAMES = (DEFAULT, TUNED)


class NormalStorage(SqliteStorage):
    """Does not wait for the disk at each message."""

    def _create_connection(self) -> sqlite3.Connection:
        connection = super()._create_connection()
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection


class TunedHuey(SqliteHuey):
    """Keeps no results."""

    storage_class = NormalStorage


def nothing() -> None:
    """Does nothing."""


@dataclass(frozen=True)
class Peer:
    """One of the two, with its queue in a folder."""

    name: str
    folder: Path

    def tasks(self) -> Any:
        """The Huey instance; its tasks are `nothing` and `stamped`."""
        file = str(self.folder / "peer.db")
        huey = SqliteHuey("peer", filename=file)
        if self.name == TUNED:
            huey = TunedHuey("peer", filename=file, results=False)
        huey.nothing = huey.task(name="nothing")(nothing)
        huey.stamped = huey.task(name="stamped")(stamp)
        return huey

    def consumer(self):
        """Its consumer with one worker process, while the block lasts."""
        return running("-m", "benchmarks.consumers", self.name, self.folder, log=self.folder / "consumer.log")


@contextmanager
def peer(name: str) -> Iterator[Peer]:
    """A new one, in a folder that goes away."""
    with TemporaryDirectory(prefix="longshore-benchmark-") as folder:
        yield Peer(name, Path(folder))
