"""What follows an error: a retry after a wait, a failure, or a discard."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from .errors import HandlerMistake, StepsChanged

Wait = float | Callable[[int], float]


def exponentially(failures: int) -> float:
    """Seconds to wait after so many failures: 3, 9, 27, 81 …, at most an hour."""
    return min(3.0**failures, 3600)


def polynomially(failures: int) -> float:
    """Seconds to wait after so many failures: n⁴ + 2, so 3, 18, 83, 258 …, as Active Job does, at most a day.

    https://api.rubyonrails.org/classes/ActiveJob/Exceptions/ClassMethods.html
    """
    return min(failures**4 + 2.0, 86_400)


@dataclass(frozen=True)
class Retry:
    """Try again after `exception`: `attempts` in all, `wait` seconds apart (a number, or a function of the
    failures so far), each wait made longer at random by up to `jitter` of itself.
    """

    exception: type[Exception]
    wait: Wait = exponentially
    attempts: int = 3
    jitter: float = 0.15

    def seconds(self, failures: int) -> float:
        """How long to wait after so many failures."""
        wait = self.wait(failures) if callable(self.wait) else self.wait
        return wait * (1 + random.random() * self.jitter)


DEFAULT = (Retry(Exception),)
HOPELESS = (HandlerMistake, StepsChanged)
"""What no retry can help, whatever a handler declares."""


@dataclass(frozen=True)
class Decision:
    """What follows an error: `discard` it, or try again after `wait` seconds, or, with neither, fail.

    `failures_by` are the counts of failures, for each policy by its place, with this one among them.
    """

    failures_by: dict[str, int]
    wait: float | None = None
    discard: bool = False


class Policies(Protocol):
    """What a handler declares about its errors."""

    @property
    def retry(self) -> Sequence[Retry]:
        """What is tried again, and how."""

    @property
    def discard(self) -> tuple[type[Exception], ...]:
        """What no retry can help."""


def decide(error: Exception, policies: Policies | None, failures_by: Mapping[str, int]) -> Decision:
    """The first policy that covers the error decides, by the failures that it alone has counted."""
    counts = dict(failures_by)
    if policies is None:
        return Decision(counts)
    if isinstance(error, (*policies.discard, *HOPELESS)):
        return Decision(counts, discard=True)
    for place, policy in enumerate(policies.retry):
        if isinstance(error, policy.exception):
            failures = counts[str(place)] = counts.get(str(place), 0) + 1
            return Decision(counts, policy.seconds(failures) if failures < policy.attempts else None)
    return Decision(counts)
