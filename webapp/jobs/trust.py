"""Whether leases that ran out mean that a worker is gone."""

from . import clock


class Trust:
    """The trust that one consumer's housekeeping has in leases. It is gone for one lease

    - when the clock runs ahead of the time that passed: it was set forward, or the machine slept;
    - when the ledger could not be used: nobody could extend a lease meanwhile.

    Workers that live extend theirs before it is back. So none is fenced out for nothing, and a dead one's job comes
    back one lease later. A clock that runs ahead by less than a third of a lease ends no lease that is extended three
    times in its length.
    """

    def __init__(self, lease: float):
        self._lease = lease
        self._ahead = clock.ahead()
        self._back_at = float("-inf")

    def lose(self) -> None:
        """From now on leases mean nothing, until each could be extended."""
        self._back_at = clock.monotonic() + self._lease

    def is_there(self) -> bool:
        """Whether a lease that ran out means that its worker is gone."""
        before, self._ahead = self._ahead, clock.ahead()
        if self._ahead - before > self._lease / 3:
            self.lose()
        return clock.monotonic() >= self._back_at
