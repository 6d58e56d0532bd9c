"""The present as the account tables keep it, read from the one clock."""

from datetime import UTC, datetime

from webapp.jobs import clock


def now() -> datetime:
    """The present, aware, in UTC."""
    return datetime.fromtimestamp(clock.now(), UTC)
