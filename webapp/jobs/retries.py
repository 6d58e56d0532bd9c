"""What follows an error: a retry after a wait, a failure, or a discard."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

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


def policy_for(error: Exception, policies: Sequence[Retry]) -> Retry | None:
    """The first policy that covers `error`."""
    return next((policy for policy in policies if isinstance(error, policy.exception)), None)
