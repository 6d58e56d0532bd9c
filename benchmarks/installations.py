"""What a whole installation that has nothing to do takes of its machine."""

import socket
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil

from .figures import Figure
from .processes import cpu_share, family, memory, running, until


def measure(tiny: bool) -> list[Figure]:
    """Memory and processor time of web, workers and supervisor, idle, as `bin/run` starts them."""
    with TemporaryDirectory(prefix="longshore-benchmark-") as folder:
        with serving(Path(folder) / "instance", Path(folder) / "serving.log") as (process, _):
            time.sleep(1 if tiny else 5)
            share, used, count = cpu_share(process, 1 if tiny else 10), memory(process), len(family(process))
    reached = None if tiny else used < 400
    return [
        Figure("memory of a whole idle installation (PSS)", used, "MB", {}, "< 400 MB", reached, f"{count} processes"),
        Figure("processor time of a whole idle installation", share, "% of a core"),
    ]


@contextmanager
def serving(instance: Path, log: Path) -> Iterator[tuple[psutil.Process, int]]:
    """A whole installation, ready, while the block lasts: its first process, and its port."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    with running("-m", "flask", "--app", "wsgi", "serve", log=log, INSTANCE_DIR=instance, PORT=port) as process:
        until("answer", lambda: _is_ready(port), 60)
        yield process, port


def _is_ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=2) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False
