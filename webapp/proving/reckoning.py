"""The books after a proof: what was lost, what came twice, what was left over, which promise was broken besides.

Read with plain SQL: who is examined does not read his own books out.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from .accepted import Accepted, Expected
from .store import Store

JOBS = """SELECT * FROM jobs"""
EFFECTS = """SELECT job_id, item, count(*) AS times FROM proof_effects GROUP BY job_id, item"""
IMPORTS = """
    SELECT jobs.id, inserted, updated, unchanged, rejected,
        (SELECT count(*) FROM rejected_cells WHERE import_id = imports.id) AS cells
    FROM jobs JOIN imports ON imports.id = json_extract(jobs.arguments, '$.import_id')"""
ROWS = """SELECT count(*) FROM dataset_rows"""
FAILED_ITEMS = """SELECT job_id, item, count(*) AS times FROM job_failed_items GROUP BY job_id, item"""
OCCURRENCES = """SELECT job_id FROM job_occurrences WHERE job_id IS NOT NULL"""
OPEN_ATTEMPTS = """SELECT job_id FROM job_attempts WHERE ended_at IS NULL"""
HOLDS = """
    SELECT limit_key, attempts.started_at, attempts.ended_at
    FROM job_attempts AS attempts JOIN jobs ON jobs.id = attempts.job_id
    WHERE limit_key IS NOT NULL ORDER BY limit_key, attempts.started_at"""
TICK = "proving.tick"
FINISHED = frozenset({"completed", "failed", "cancelled", "discarded"})


@dataclass
class Books:
    """What was found, in sentences; all is well when there is none."""

    lost: list[str] = field(default_factory=list)
    repeated: list[str] = field(default_factory=list)
    left_over: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    states: Counter[str] = field(default_factory=Counter)
    effects: int = 0
    rows: int = 0

    @property
    def are_clean(self) -> bool:
        """Whether nothing was found."""
        return not (self.lost or self.repeated or self.left_over or self.broken)


def reckon(store: Store, accepted: Accepted, given_up: set[str]) -> Books:
    """Compares what is stored with what was accepted. The failures of jobs that were `given_up` are not compared."""
    return Reckoning(store, accepted, given_up).books


class Reckoning:
    """One comparison."""

    def __init__(self, store: Store, accepted: Accepted, given_up: set[str]):
        self._store, self._accepted, self._given_up = store, accepted, given_up
        self._jobs = {job.id: job for job in store.all(JOBS)}
        self._effects: dict[str, dict[str, int]] = defaultdict(dict)
        for effect in store.all(EFFECTS):
            self._effects[effect.job_id][effect.item] = effect.times
        self.books = Books(states=Counter(job.state for job in self._jobs.values()))
        self.books.effects = sum(map(len, self._effects.values()))
        self._check_accepted()
        self._check_others()
        self._check_imports()
        self._check_failed_items()
        self._check_left_over()
        self._check_limits()

    def _check_accepted(self) -> None:
        for job_id, expected in self._accepted:
            if job_id in self._jobs:
                self._check_end(self._jobs[job_id], expected)
                self._check_effects(self._jobs[job_id], expected.effects)
            else:
                self.books.lost.append(f"Job {job_id} was accepted, and nobody knows it.")

    def _check_end(self, job: Any, expected: Expected) -> None:
        if job.state not in expected.ends:
            self.books.lost.append(f"{_name(job)} is {job.state}, not {' or '.join(sorted(expected.ends))}.")
        if expected.failures is None or job.id in self._given_up or "cancelled" in expected.ends:
            return
        if job.failures != expected.failures:
            self.books.broken.append(f"{_name(job)} failed {job.failures} times, not {expected.failures}.")
        if job.failed_items != expected.failed_items:
            said = f"{_name(job)} counts {job.failed_items} failed items, not {expected.failed_items}."
            self.books.broken.append(said)

    def _check_effects(self, job: Any, expected: frozenset[str] | None) -> None:
        """Each effect is there once. Of a job that may be cancelled, as many as it says it has done."""
        found = self._effects.get(job.id, {})
        if repeated := sorted(item for item, times in found.items() if times > 1):
            self.books.repeated.append(f"{_name(job)} did {_listed(repeated)} more than once.")
        if expected is None:
            if len(found) != job.processed:
                self.books.lost.append(f"{_name(job)} says it did {job.processed} items, and did {len(found)}.")
            return
        if missing := sorted(expected - found.keys()):
            self.books.lost.append(f"{_name(job)} did not do {_listed(missing)}.")
        if unasked := sorted(found.keys() - expected):
            self.books.broken.append(f"{_name(job)} did {_listed(unasked)}, which nobody asked for.")

    def _check_others(self) -> None:
        """The jobs of schedules, one for each time at which they fell due; and jobs that nobody asked for."""
        occurred = Counter(row.job_id for row in self._store.all(OCCURRENCES))
        for job_id in self._jobs.keys() & occurred.keys():
            job = self._jobs[job_id]
            self._check_end(job, Expected())
            if job.handler == TICK:  # others are the installation's own, and leave no effects of this proof
                self._check_effects(job, frozenset({"tick"}))
        self.books.lost += [f"A schedule's job {job_id} is gone." for job_id in occurred.keys() - self._jobs.keys()]
        self.books.repeated += [f"Job {job_id} stands for {n} times." for job_id, n in occurred.items() if n > 1]
        unasked = [job for job in self._jobs.values() if job.id not in self._accepted and job.id not in occurred]
        self.books.repeated += [f"Nobody asked for {_name(job)}." for job in unasked]

    def _check_imports(self) -> None:
        found = {row.id: row for row in self._store.all(IMPORTS)}
        inserted = 0
        for job_id, expected in self._accepted:
            if expected.counters is None or job_id not in found:
                continue
            row = found[job_id]
            counters = (row.inserted, row.updated, row.unchanged, row.rejected)
            inserted += row.inserted
            if counters != expected.counters or row.cells != row.rejected:
                said = f"{counters} and {row.cells} rejected cells, not {expected.counters}"
                self.books.broken.append(f"Import {job_id} counts inserted, updated, unchanged, rejected {said}.")
        rows = self.books.rows = self._store.all(ROWS)[0][0]
        if rows != inserted:
            self.books.broken.append(f"The imports say that they inserted {inserted} rows; there are {rows}.")

    def _check_failed_items(self) -> None:
        found: Counter[str] = Counter()
        for row in self._store.all(FAILED_ITEMS):
            found[row.job_id] += row.times
            if row.times > 1:
                self.books.repeated.append(f"Job {row.job_id} recorded the failed item {row.item} {row.times} times.")
        for job in self._jobs.values():
            if job.failed_items != found[job.id]:
                said = f"{job.failed_items} failed items and recorded {found[job.id]}"
                self.books.broken.append(f"{_name(job)} counts {said}.")

    def _check_left_over(self) -> None:
        for job in self._jobs.values():
            if job.state not in FINISHED:
                self.books.left_over.append(f"{_name(job)} has not ended: it is {job.state}.")
            if job.worker is not None or job.lease_until is not None:
                self.books.left_over.append(f"{_name(job)} is still held by {job.worker}.")
        open_attempts = self._store.all(OPEN_ATTEMPTS)
        self.books.left_over += [f"An attempt of job {row.job_id} never ended." for row in open_attempts]
        self.books.left_over += self._store.damage()

    def _check_limits(self) -> None:
        """Nobody began to lie at a berth before the one ahead of him had left it."""
        until: dict[str, float] = {}
        for hold in self._store.all(HOLDS):
            if hold.started_at < until.get(hold.limit_key, 0.0):
                self.books.broken.append(f"Two jobs held {hold.limit_key} at once.")
            until[hold.limit_key] = max(until.get(hold.limit_key, 0.0), hold.ended_at or float("inf"))


def _name(job: Any) -> str:
    return f"{job.title} {job.id}"


def _listed(items: list[str]) -> str:
    shown = ", ".join(items[:3])
    return shown if len(items) <= 3 else f"{shown} and {len(items) - 3} more"


def sentences(books: Books) -> Iterator[str]:
    """All that was found."""
    yield from (*books.lost, *books.repeated, *books.left_over, *books.broken)
