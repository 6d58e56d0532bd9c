"""Where the messages of the pools wait: in a file, in Redis or in PostgreSQL; chosen here, for Huey."""

from copy import copy
from pathlib import Path
from typing import Any

from huey.storage import PostgresStorage, PriorityRedisStorage

from .errors import UnknownServer
from .storage import DoorbellStorage


class RedisQueue(PriorityRedisStorage):  # type: ignore[misc]
    """One pool's queue in Redis, which wakes the worker that waits for a message."""

    def take(self) -> bytes | None:
        """The next message, or None if there is none just now."""
        hasty = copy(self)
        hasty.blocking = False
        data: bytes | None = hasty.dequeue()
        return data


class PostgresqlQueue(PostgresStorage):  # type: ignore[misc]
    """One pool's queue in PostgreSQL, which wakes the workers that wait for a message."""

    def take(self) -> bytes | None:
        """The next message, or None if there is none just now."""
        data: bytes | None = self._dequeue()
        return data


SERVERS = {
    "redis": (RedisQueue, "url"),
    "rediss": (RedisQueue, "url"),
    "unix": (RedisQueue, "url"),
    "postgresql": (PostgresqlQueue, "dsn"),
}
"""By the scheme of a URL: the storage, and what it calls the URL."""


def storage_for(file: Path, url: str | None) -> dict[str, Any]:
    """Huey's options for messages on the server with this URL; without one, in a file. Raises UnknownServer."""
    if url is None:
        return {"storage_class": DoorbellStorage, "filename": str(file)}
    scheme, _, _ = url.partition(":")
    if scheme not in SERVERS:
        raise UnknownServer(scheme=scheme, schemes=", ".join(SERVERS))
    storage, name = SERVERS[scheme]
    return {"storage_class": storage, name: url}
