"""A proof: a scratch installation under load, killed again and again, left to settle, and its books reckoned."""

import math
import shutil
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from .accepted import Accepted
from .killing import Killer, Stroke, strokes
from .load import Load
from .reckoning import Books, reckon
from .scratch import ENDS_WITHIN, Ground, Scratch, until
from .store import Store
from .visitor import Visitor
from .workbook import write

SETTLES_WITHIN = 180.0
"""Seconds after which whatever has not ended counts as left over."""
GIVEN_UP = """
    SELECT jobs.id, max(attempts.token) FROM jobs JOIN job_attempts AS attempts ON attempts.job_id = jobs.id
    WHERE state = 'failed' GROUP BY jobs.id HAVING came_to = 'lost' OR error_name = 'ReadingStopped'"""
"""Jobs that killing explains: their worker was lost too often at one place, or their reading process was.

SQLite takes what is not in the GROUP BY from the row with the maximum: https://www.sqlite.org/lang_select.html#bareagg
"""


@dataclass(frozen=True)
class Aim:
    """How long is killed: for so many seconds, or until there are so many kills."""

    seconds: float | None = None
    kills: int | None = None

    def is_reached(self, seconds: float, kills: int) -> bool:
        """Whether that is enough."""
        return seconds >= (self.seconds or math.inf) or kills >= (self.kills or math.inf)


@dataclass(frozen=True)
class Moment:
    """How a proof stands: what it does, since how many seconds, and its counts."""

    doing: str
    seconds: float
    kills: int = 0
    accepted: int = 0


@dataclass(frozen=True)
class Verdict:
    """What came of a proof. `folder` is where the installation was kept for a look, if something was wrong."""

    seed: int
    seconds: float
    kills: Counter[str]
    accepted: int
    by_http: int
    requests_repeated: int
    given_up: int
    books: Books
    folder: Path | None


Tell = Callable[[Moment], None]


def prove(ground: Ground, seed: int, aim: Aim, tell: Tell = lambda moment: None) -> Verdict:
    """Runs a proof in a folder of its own. No process of it is left, and no folder unless something was wrong.

    Raises ScratchFailed or Unanswered.
    """
    root = Path(tempfile.mkdtemp(prefix="longshore-proof-"))
    scratch = Scratch(root, ground)
    try:
        tell(Moment("Making a scratch installation", 0))
        verdict = Proof(scratch, seed, tell).run(aim)
    except KeyboardInterrupt:
        scratch.kill_everything()
        shutil.rmtree(root)
        raise
    finally:
        scratch.kill_everything()
    if verdict.books.are_clean:
        shutil.rmtree(root)
    return verdict


class Proof:
    """One proof."""

    def __init__(self, scratch: Scratch, seed: int, tell: Tell):
        self._scratch, self._seed, self._tell = scratch, seed, tell
        self._accepted = Accepted()
        self._given_up: set[str] = set()
        self._began = time.monotonic()

    def run(self, aim: Aim) -> Verdict:
        """All of it."""
        template = self._scratch.furnish(write(self._scratch.root / "workbook.xlsx", rows=50))
        self._scratch.start()
        self._store = Store(self._scratch)
        self._killer = Killer(self._scratch, self._store)
        load = Load(self._store, self._accepted, self._seed)
        visitor = Visitor(self._scratch, self._store, template, self._accepted, self._seed)
        visitor.sign_in()
        with self._under(load, visitor) as futures:
            self._kill(aim, futures)
        load.still()
        self._settle()
        broken = list(self._end())
        books = reckon(self._store, self._accepted, self._given_up)
        books.broken += broken
        self._store.close()
        return self._verdict(books)

    @contextmanager
    def _under(self, load: Load, visitor: Visitor) -> Iterator[list[Future[None]]]:
        """Under load while the block runs; at its end, all that was asked for has been answered."""
        stopping = threading.Event()
        with ThreadPoolExecutor(2) as pool:
            futures = [pool.submit(part.run, stopping) for part in (load, visitor)]
            try:
                yield futures
            except BaseException:
                visitor.is_patient = False
                raise
            finally:
                stopping.set()
        for future in futures:
            future.result()

    def _kill(self, aim: Aim, futures: list[Future[None]]) -> None:
        began = time.monotonic()
        for stroke in strokes(self._seed):
            kills = self._killer.kills.total()
            if aim.is_reached(time.monotonic() - began, kills) or any(future.done() for future in futures):
                return
            self._say("Killing")
            self._strike(stroke)

    def _strike(self, stroke: Stroke) -> None:
        time.sleep(stroke.wait)
        self._killer.strike(stroke)

    def _settle(self) -> None:
        """Everything may come to its end. What killing made the kernel give up is tried again, as an operator would."""

        def is_settled() -> bool:
            self._say("Settling")
            for row in self._store.all(GIVEN_UP):
                self._given_up.add(row.id)
                self._store.kernel.retry(row.id)
            return self._store.unfinished() == 0

        until(is_settled, SETTLES_WITHIN)

    def _end(self) -> Iterator[str]:
        """Stops the installation; tells what was wrong with that."""
        code = self._scratch.stop()
        if code != 0:
            yield f"It did not end as it should within {ENDS_WITHIN:.0f} s: {code}."
        if not until(lambda: not self._scratch.everything(), 1):
            left = ", ".join(str(process.pid) for process in self._scratch.everything())
            yield f"Processes of it were left: {left}."
        yield from self._killer.orphans

    def _verdict(self, books: Books) -> Verdict:
        return Verdict(
            seed=self._seed,
            seconds=time.monotonic() - self._began,
            kills=self._killer.kills,
            accepted=len(self._accepted),
            by_http=self._accepted.by_http,
            requests_repeated=self._accepted.requests_repeated,
            given_up=len(self._given_up),
            books=books,
            folder=None if books.are_clean else self._scratch.root,
        )

    def _say(self, doing: str) -> None:
        seconds = time.monotonic() - self._began
        self._tell(Moment(doing, seconds, self._killer.kills.total(), len(self._accepted)))
