"""What was accepted, and what has to come of it."""

from collections.abc import Iterator
from dataclasses import dataclass

COMPLETED = frozenset({"completed"})


@dataclass(frozen=True)
class Expected:
    """What has to come of a job: the states in which it may end, and what else is known before.

    `effects` are the items that leave a trace, `failures` its failed attempts, `failed_items` those it records,
    `counters` the rows of an import: inserted, updated, unchanged, rejected. None: that is not known.
    """

    ends: frozenset[str] = COMPLETED
    effects: frozenset[str] | None = frozenset()
    failures: int | None = 0
    failed_items: int = 0
    counters: tuple[int, int, int, int] | None = None


class Accepted:
    """The jobs that were accepted, by id: those whose transaction was committed, or whose request was answered."""

    def __init__(self) -> None:
        self._expected: dict[str, Expected] = {}
        self.by_http = 0
        self.requests_repeated = 0

    def note(self, job_id: str, expected: Expected) -> None:
        """A job was accepted."""
        self._expected[job_id] = expected

    def __len__(self) -> int:
        return len(self._expected)

    def __contains__(self, job_id: str) -> bool:
        return job_id in self._expected

    def __iter__(self) -> Iterator[tuple[str, Expected]]:
        return iter(list(self._expected.items()))
