"""The consumers that are measured, as processes: `python -m benchmarks.consumers ours|PEER FOLDER`."""

import logging
import sys
from pathlib import Path

from webapp.app import create_app

from . import handlers, peers


def ours(folder: str) -> None:
    """Serves the main pool with one worker process until it is told to stop."""
    assert handlers.nothing
    app = create_app({"INSTANCE_DIR": folder})
    with app.app_context():
        _consume(app.extensions["jobs"].engines["main"].huey, health_check_interval=1)


def peer(name: str, folder: str) -> None:
    """The same of bare Huey."""
    logging.basicConfig(level=logging.INFO)
    delays = {"initial_delay": 0.05, "max_delay": 0.05} if name == peers.TUNED else {}
    _consume(peers.Peer(name, Path(folder)).tasks(), **delays)


def _consume(huey, **options) -> None:
    huey.create_consumer(workers=1, worker_type="process", periodic=False, **options).run()


if __name__ == "__main__":
    name, folder = sys.argv[1:]
    ours(folder) if name == "ours" else peer(name, folder)
