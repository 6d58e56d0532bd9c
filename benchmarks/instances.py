"""A scratch installation, and its consumer with one worker process."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from flask import Flask
from sqlalchemy import func, select

from webapp.app import create_app
from webapp.db import db, reading, writing
from webapp.jobs import UNFINISHED, Handler, Job, Kernel
from webapp.migrations import migrate

from .processes import running


@dataclass(frozen=True)
class Instance:
    """An installation of nobody's, in a folder that goes away."""

    app: Flask
    folder: Path

    @property
    def kernel(self) -> Kernel:
        """Its kernel."""
        kernel: Kernel = self.app.extensions["jobs"]
        return kernel

    def enqueue(self, handler: Handler, owner: int | None = None, **arguments: object) -> Job:
        """A job in a transaction of its own, as a request would."""
        with self.app.app_context(), writing() as session:
            return self.kernel.enqueue(
                session, handler, owner=owner, subject=("benchmark", 1), title="A benchmark", **arguments
            )

    def unfinished(self) -> int:
        """How many jobs have not ended."""
        with self.app.app_context(), reading() as session:
            return session.scalar(select(func.count()).where(Job.state.in_(UNFINISHED))) or 0

    def consumer(self):
        """Its consumer as a process, while the block lasts."""
        return running("-m", "benchmarks.consumers", "ours", self.folder, log=self.folder / "consumer.log")


@contextmanager
def instance() -> Iterator[Instance]:
    """A new one."""
    with TemporaryDirectory(prefix="longshore-benchmark-") as folder:
        app = create_app({"INSTANCE_DIR": folder, "LOG_LEVEL": "WARNING"})
        with app.app_context():
            migrate()
        yield Instance(app, Path(folder))
        with app.app_context():
            db.engine.dispose()
