"""Finding jobs by words of their titles, by owner, handler and queue, in a ledger of any size.

On SQLite there is a full-text index beside the ledger (https://www.sqlite.org/fts5.html). Owner, handler and queue are
words in it too, so that all that is asked for leads to the newest jobs at once. To keep it up in the transaction that
makes a job would cost as much as all the rest of that: a trigger notes new jobs, housekeeping takes hundreds of them
in at a time, and until then a search looks at the noted ones themselves. On other databases it looks at the ledger.
Besides `locks`, this is the one place in the kernel that knows which database it is on.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import DDL, ColumnElement, Select, column, delete, event, func, insert, literal_column, select, table
from sqlalchemy.orm import Session

from .models import Job
from .states import State
from .surroundings import Transaction

SQLITE = "sqlite"
AT_A_TIME, IN_A_ROUND = 500, 10
"""How many jobs one transaction takes into the index, and how many such transactions a round of housekeeping has."""

STATEMENTS = (
    "CREATE VIRTUAL TABLE job_words USING fts5(job_id, owner, handler, queue, title, prefix='2 3 4 5 6', columnsize=0)",
    "CREATE TABLE jobs_without_words (number INTEGER PRIMARY KEY, job_id TEXT NOT NULL)",
    "CREATE TRIGGER job_has_no_words AFTER INSERT ON jobs BEGIN"
    " INSERT INTO jobs_without_words (job_id) VALUES (new.id); END",
    "CREATE TRIGGER job_words_go AFTER DELETE ON jobs BEGIN DELETE FROM job_words WHERE rowid IN"
    """ (SELECT rowid FROM job_words WHERE job_words MATCH 'job_id:"' || old.id || '"'); END""",
)
"""What makes the index on SQLite, once there is the table of jobs; for your migrations."""

for statement in STATEMENTS:
    ddl = DDL(statement)  # type: ignore[no-untyped-call]
    event.listen(Job.__table__, "after_create", ddl.execute_if(dialect=SQLITE))

WORDS = table("job_words", *map(column, ("job_id", "owner", "handler", "queue", "title")))
WITHOUT_WORDS = table("jobs_without_words", column("number"), column("job_id"))
WORD = re.compile(r"\w+")
ID = re.compile(r"[0-9a-f]{8,16}")
"""An id, or enough of its beginning that few have it."""


@dataclass(frozen=True)
class Found:
    """The ids of the jobs that a search found, newest first; `is_cut` if more match than were looked at."""

    ids: Sequence[str]
    is_cut: bool


@dataclass(frozen=True)
class Search:
    """What is looked for: jobs in whose titles there are words that begin with each of `words`, or whose id begins with
    the one word; of these owners (of anybody, if None), of this handler, in this queue. Words, a handler or a queue
    there must be; for all jobs of some owners there is `jobs_of`.
    """

    words: str = ""
    owner_ids: Collection[int] | None = None
    handler: str | None = None
    queue: str | None = None

    def run(self, session: Session, at_most: int, states: Collection[State] | None = None) -> Found:
        """Finds the newest jobs, at most so many, and keeps those in `states`, if they are given."""
        if self.owner_ids is not None and not self.owner_ids:
            return Found([], False)
        newest = list(dict(self._newest(session, at_most + 1)).items())
        kept = [job_id for job_id, state in newest[:at_most] if states is None or state in states]
        return Found(kept, len(newest) > at_most)

    def _newest(self, session: Session, limit: int) -> Iterator[tuple[str, str]]:
        """Ids and states; those that are in the index and noted for it too come twice."""
        seen = select(Job.id, Job.state).where(*self._narrowed()).order_by(Job.created_at.desc()).limit(limit)
        titled = seen.where(*(Job.title.icontains(word, autoescape=True) for word in self.words.split()))
        is_indexed = session.get_bind().dialect.name == SQLITE
        if is_indexed:
            noted = select(WITHOUT_WORDS.c.job_id).order_by(WITHOUT_WORDS.c.number.desc()).limit(limit)
            titled = titled.where(Job.id.in_(noted))
        yield from _pairs(session, titled)
        if ID.fullmatch(self.words):
            yield from _pairs(session, seen.where(Job.id.between(self.words, f"{self.words}~")))
        if is_indexed:
            yield from self._indexed(session, limit)

    def _narrowed(self) -> Iterator[ColumnElement[bool]]:
        """On the ledger itself. Arithmetic keeps the database from gathering all jobs of these owners first."""
        if self.owner_ids is not None:
            yield (Job.owner_id + 0).in_(self.owner_ids)
        if self.handler is not None:
            yield Job.handler == self.handler
        if self.queue is not None:
            yield Job.queue == self.queue

    def _indexed(self, session: Session, limit: int) -> Sequence[tuple[str, str]]:
        """From the index. To go through the jobs of many owners for a word that few titles have would take longer than
        to look whose these few are.
        """
        asked = self._asked()
        if not asked:
            return []
        if self.owner_ids is not None and session.scalar(_count(asked, limit)) == limit:
            asked += [f"owner: ({' OR '.join(map(_quoted, self.owner_ids))})"]
        return _pairs(session, _matching(asked, limit).where(*self._narrowed()))

    def _asked(self) -> list[str]:
        """What all matches have, owners apart, in the language of the index, which is described at
        https://www.sqlite.org/fts5.html#full_text_query_syntax. A single letter is no beginning, but a word.
        """
        words = [_quoted(word) + "*" * (len(word) > 1) for word in self.words.split() if WORD.search(word)]
        if self.words and not words:
            return []
        rest = {"handler": self.handler, "queue": self.queue}
        named = [f"{name}: {_quoted(value)}" for name, value in rest.items() if value is not None]
        return [f"title: {word}" for word in words] + named


class Indexer:
    """Takes new jobs into the index, those that have waited the longest first."""

    def __init__(self, reading: Transaction, writing: Transaction, portion: int = AT_A_TIME):
        self._reading, self._writing, self._portion = reading, writing, portion

    def round(self) -> None:
        """Some transactions, until all are taken in. Most rounds find none and write nothing."""
        for _ in range(IN_A_ROUND):
            with self._reading() as session:
                if session.get_bind().dialect.name != SQLITE or session.scalar(_oldest(1)) is None:
                    return
            with self._writing() as session:
                if (last := session.scalar(_oldest(self._portion))) is None:  # another pool's housekeeper was faster
                    return
                session.execute(insert(WORDS).from_select(list(WORDS.c.keys()), _rows_until(last)))
                session.execute(delete(WITHOUT_WORDS).where(WITHOUT_WORDS.c.number <= last))


def _pairs(session: Session, query: Select[str, str]) -> Sequence[tuple[str, str]]:
    return [(job_id, state) for job_id, state in session.execute(query)]


def _matching(asked: list[str], limit: int) -> Select[str, str]:
    """Id and state of the newest jobs that have all that is asked for."""
    newest = _in_index(asked).order_by(literal_column("job_words.rowid").desc()).limit(limit).subquery()
    return select(Job.id, Job.state).join_from(newest, Job, Job.id == newest.c.job_id)


def _count(asked: list[str], limit: int) -> Select[int]:
    return select(func.count()).select_from(_in_index(asked).limit(limit).subquery())


def _in_index(asked: list[str]) -> Select[Any]:
    return select(WORDS.c.job_id).where(literal_column("job_words").op("MATCH")(" AND ".join(asked)))


def _oldest(count: int) -> Select[Any]:
    """The number of the last of the oldest so many that are not in the index."""
    oldest = select(WITHOUT_WORDS.c.number).order_by(WITHOUT_WORDS.c.number).limit(count).subquery()
    return select(func.max(oldest.c.number))


def _rows_until(last: int) -> Select[Any]:
    columns: tuple[Any, ...] = (Job.id, Job.owner_id, Job.handler, Job.queue, Job.title)
    noted = select(*columns).join_from(WITHOUT_WORDS, Job, Job.id == WITHOUT_WORDS.c.job_id)
    return noted.where(WITHOUT_WORDS.c.number <= last).order_by(WITHOUT_WORDS.c.number)


def _quoted(text: object) -> str:
    """The words of the text, one behind the other; what is between words means nothing to the index."""
    return f'"{" ".join(WORD.findall(str(text)))}"'
