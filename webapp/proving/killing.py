"""SIGKILL at random moments: which process, and when, follows from a seed alone."""

import random
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import psutil

from .scratch import ENDS_WITHIN, Scratch, is_alive, until
from .store import Store

SHARES = {"worker": 9, "reader": 4, "web process": 4, "consumer": 3, "housekeeper": 2, "web server": 2, "supervisor": 1}
"""Of so many kills in turn, in an order by chance, each kind of process has these."""
WAITS = 0.05, 1.5
"""Seconds between two kills, at least and at most."""
PATIENCE = 40.0
"""Seconds that are waited for a process of a kind: a supervisor starts what dies at once only after a while again."""
READING = "webapp.sheets.reader.child"


@dataclass(frozen=True)
class Stroke:
    """A kill to come: after so many seconds a process of this kind; which of them, from 0 to 1."""

    wait: float
    kind: str
    which: float


def strokes(seed: int) -> Iterator[Stroke]:
    """All strokes of a seed, without an end."""
    chance = random.Random(seed)
    while True:
        kinds = [kind for kind, share in SHARES.items() for _ in range(share)]
        chance.shuffle(kinds)
        for kind in kinds:
            yield Stroke(chance.uniform(*WAITS), kind, chance.random())


class Killer:
    """Kills processes of a scratch installation; counts them, and notes what went on working without its parent."""

    def __init__(self, scratch: Scratch, store: Store):
        self.kills: Counter[str] = Counter()
        self.orphans: list[str] = []
        self._scratch, self._store = scratch, store

    def strike(self, stroke: Stroke) -> None:
        """Kills, if such a process turns up in time. Whoever has to start again has done so afterwards."""
        found = until(lambda: self._of_kind(stroke.kind), PATIENCE)
        if not found:
            return
        with suppress(psutil.NoSuchProcess):  # it may have ended by itself
            self._kill(stroke.kind, found[int(stroke.which * len(found))])
            self.kills[stroke.kind] += 1

    def _kill(self, kind: str, victim: psutil.Process) -> None:
        if kind == "supervisor":
            self._kill_supervisor()
        elif kind == "consumer":
            self._kill_with_family(victim)
        else:
            victim.kill()

    def _of_kind(self, kind: str) -> list[psutil.Process]:
        with suppress(psutil.Error):
            return sorted(self._kinds()[kind](), key=lambda process: process.pid)
        return []

    def _kinds(self) -> dict[str, Callable[[], list[psutil.Process]]]:
        return {
            "supervisor": lambda: [self._scratch.supervisor],
            "web server": lambda: self._children("gunicorn"),
            "web process": lambda: _children_of(self._children("gunicorn")),
            "consumer": lambda: self._children("worker --pool"),
            "worker": lambda: self._busy(self._hands()),
            "housekeeper": lambda: [hand for hand in self._hands() if hand.pid in self._store.housekeepers()],
            "reader": lambda: [child for child in _children_of(self._hands()) if READING in _command_line(child)],
        }

    def _children(self, words: str) -> list[psutil.Process]:
        return [child for child in self._scratch.supervisor.children() if words in _command_line(child)]

    def _hands(self) -> list[psutil.Process]:
        return _children_of(self._children("worker --pool"))

    def _busy(self, hands: list[psutil.Process]) -> list[psutil.Process]:
        """Those that have a job in hand."""
        busy = self._store.busy_workers()
        return [hand for hand in hands if hand.pid in busy]

    def _kill_supervisor(self) -> None:
        family = self._scratch.everything()
        self._scratch.kill_supervisor()
        self._note_orphans("supervisor", family)
        self._scratch.start()

    def _kill_with_family(self, consumer: psutil.Process) -> None:
        family = consumer.children(recursive=True)
        consumer.kill()
        self._note_orphans("consumer", family)

    def _note_orphans(self, parent: str, family: list[psutil.Process]) -> None:
        if not until(lambda: not any(map(is_alive, family)), ENDS_WITHIN):
            left = [f"{process.pid} ({_command_line(process)})" for process in family if is_alive(process)]
            self.orphans.append(f"{ENDS_WITHIN:.0f} s after their {parent} was killed, there were {', '.join(left)}.")


def _children_of(parents: list[psutil.Process]) -> list[psutil.Process]:
    return [child for parent in parents for child in parent.children() if is_alive(child)]


def _command_line(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""
