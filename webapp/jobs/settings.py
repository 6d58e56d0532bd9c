"""How a kernel is set up."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .engine import Pool
from .schedules import Schedule


@dataclass(frozen=True)
class Settings:
    """How a kernel is set up: its pools, the file of its queues, the secret of its messages, what it runs again and
    again, and its measures. Jobs that have ended are kept for `keep_days`. With a `queue_url` the queues are on
    that server instead: `redis://…`, `unix://…` (Redis too) or `postgresql://…`.
    """

    pools: Sequence[Pool]
    queue_file: Path
    secret: bytes
    active_limit: int = 10
    lease_seconds: float = 15.0
    status_seconds: int = 24 * 3600
    schedules: Sequence[Schedule] = ()
    keep_days: float = 30
    queue_url: str | None = None
