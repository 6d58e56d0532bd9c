"""An installation with people in it, whose workers can be held still."""

import itertools
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from functools import cached_property

import psutil
from flask import Flask

from tests.installation import PASSWORD, Installation, wait_for
from webapp.accounts import passwords, service
from webapp.app import create_app
from webapp.db import db, writing
from webapp.extensions import kernel
from webapp.hello.jobs import say_hello
from webapp.jobs import Job, JobError, Schedule
from webapp.jobs.failed_items import FailedItems

STOPPED = psutil.STATUS_STOPPED
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

    def add_schedule(self, owner: Person, title: str) -> str:
        """Adds an hourly schedule of the test job, for its owner and nobody else to see; answers its name."""
        name = f"hello.{owner.id}"
        with self.app.app_context(), writing() as session:
            kernel.schedules.put(session, Schedule(name, "hello_world", every=3600, title=title, owner=owner.id))
        return name

    def add_test_job(self, owner: Person) -> str:
        """Enqueues a test job behind the pages' back; answers its id."""
        with self.app.app_context(), writing() as session:
            return say_hello(session, owner.id).id

    def fail_items(self, job_id: str, items: Sequence[str], reason: str) -> None:
        """Has items of a job fail behind the pages' back, as its worker would."""
        with self.app.app_context():
            with writing() as session:
                job = session.get_one(Job, job_id)
                failed = FailedItems(job)
                for item in items:
                    failed.add(item, reason)
                failed.store(session)
                job.failed_items, job.revision = len(failed), job.revision + 1
            kernel.publish(job_id)

    def resume_queue(self, name: str) -> None:
        """Serves a queue again behind the pages' back."""
        with self.app.app_context():
            kernel.queues.resume(name)

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
        """Holds all workers still: what waits goes on waiting, and what runs stands where it is, without a lock."""
        workers = self.processes(["worker", "--pool"])
        with self._nobody_writing():
            for process in workers:
                process.suspend()
            wait_for("workers to stand still", lambda: all(process.status() == STOPPED for process in workers))
        try:
            yield
        finally:
            for process in workers:
                with suppress(psutil.Error):
                    process.resume()

    def close(self) -> None:
        """Lets go of the database in this process."""
        with self.app.app_context():
            db.engine.dispose()

    @contextmanager
    def _nobody_writing(self) -> Iterator[None]:
        """Has the right to write to all databases, and writes nothing."""
        with ExitStack() as stack:
            for name in DATABASES:
                connection = sqlite3.connect(self.folder / name, timeout=10, isolation_level=None)
                stack.enter_context(closing(connection))
                connection.execute("BEGIN IMMEDIATE")
            yield
