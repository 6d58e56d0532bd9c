"""Hooks of the web server: SIGINT means to it what SIGTERM does. By itself it would drop the requests it has in hand.

https://gunicorn.org/reference/settings/#server-hooks
"""

import signal
from typing import Any


def when_ready(server: Any) -> None:
    """In the parent of the web processes, once it listens."""
    signal.signal(signal.SIGINT, lambda _signum, frame: server.signal(signal.SIGTERM, frame))


def post_worker_init(worker: Any) -> None:
    """In each web process."""
    signal.signal(signal.SIGINT, worker.handle_exit)
