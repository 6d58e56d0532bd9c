"""An installation with people in it, whose workers can be held still."""

import itertools
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

import psutil
from flask import Flask
from installation import PASSWORD, Installation, wait_for

from webapp.accounts import passwords, service
from webapp.app import create_app
from webapp.db import db, writing
from webapp.extensions import kernel
from webapp.jobs import JobError

DATABASES = ("app.db", "queue.db", "cache.db")
numbers = itertools.count(1)


@dataclass(frozen=True)
class Person:
    """Somebody with an account."""

    id: int
    email: str
    name: str
    password: str = PASSWORD


class Office(Installation):
    """What these tests do with an installation besides looking at its pages."""

    @cached_property
    def app(self) -> Flask:
        """The application on the same instance, in this process."""
        return create_app(self.environment)

    def newcomer(self, organization: str | None = None, role: str = "member") -> Person:
        """A new person with an account: in an organization of their own, unless one is named."""
        number = next(numbers)
        name, email = f"Mia Quay {number}", f"mia{number}@example.org"
        with self.app.app_context(), writing() as session:
            user = service.create_user(
                session,
                email=email,
                name=name,
                role=role,
                organization=organization or f"Office {number}",
                password_hash=passwords.hashed(PASSWORD),
            )
            return Person(user.id, email, name)

    def rows_done(self, job_id: str) -> int:
        """How far the ledger says that the job is."""
        with self.app.app_context():
            job = kernel.find(job_id)
        assert job is not None
        return job.processed

    def cancel(self, job_id: str) -> None:
        """Cancels a job behind the pages' back, unless it has ended."""
        with self.app.app_context(), suppress(JobError):
            kernel.cancel(job_id)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Holds all workers still: what waits goes on waiting, what runs stands where it is, and no lock is held."""
        workers = self.processes(["worker", "--pool"])
        wait_for("moment without a lock", lambda: self._freeze(workers))
        try:
            yield
        finally:
            thaw(workers)

    def close(self) -> None:
        """Lets go of the database in this process."""
        with self.app.app_context():
            db.engine.dispose()

    def _freeze(self, workers: list[psutil.Process]) -> bool:
        for process in workers:
            process.suspend()
        if all(process.status() == psutil.STATUS_STOPPED for process in workers) and self._nobody_writes():
            return True
        thaw(workers)
        return False

    def _nobody_writes(self) -> bool:
        try:
            for name in DATABASES:
                with closing(sqlite3.connect(self.folder / name, timeout=0.05, isolation_level=None)) as connection:
                    connection.execute("BEGIN IMMEDIATE")
                    connection.execute("ROLLBACK")
        except sqlite3.OperationalError:
            return False
        return True


def thaw(workers: list[psutil.Process]) -> None:
    """Lets workers go on."""
    for process in workers:
        with suppress(psutil.Error):
            process.resume()
