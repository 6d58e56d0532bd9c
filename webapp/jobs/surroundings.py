"""What an attempt needs of the kernel."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass

from sqlalchemy.orm import Session

from .complaints import Complaints

Transaction = Callable[[], AbstractContextManager[Session]]
"""Makes a session in a transaction."""


@dataclass(frozen=True)
class Surroundings:
    """Transactions, the seconds of a lease, who is told, whether to stop, and what is logged once in a while.

    From `writing` comes LedgerAway when the database does not answer.
    """

    writing: Transaction
    reading: Transaction
    lease: float
    publish: Callable[[str], None]
    announce: Callable[..., None]
    publish_soon: Callable[..., None]
    stopping: Callable[[], bool]
    complaints: Complaints
