"""An installation with somebody at work in it: imports by HTTP, the ledger by its file, processes by what they do."""

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from shutil import copytree
from typing import Any

import psutil

from tests.installation import PASSWORD, Installation, command_line, wait_for
from webapp.accounts.service import first_admin
from webapp.app import create_app
from webapp.db import db, writing
from webapp.imports import submission
from webapp.imports.templates import service as templates
from webapp.sheets import inspect_workbook

from .books import Books
from .browserless import Browserless

ADA = "ada@example.org"
ENDED = {"completed", "failed", "discarded", "cancelled"}
numbers = itertools.count(2)


class Harbour(Installation):
    """What these tests do again and again with an installation."""

    def __init__(self, folder: Path, **settings: str):
        super().__init__(folder, **settings)
        self.books = Books(folder)
        self._ada: Browserless | None = None

    @property
    def ada(self) -> Browserless:
        """The admin, signed in."""
        if self._ada is None:
            self._ada = Browserless(self.url).sign_in(ADA, PASSWORD)
        return self._ada

    def new_template(self, workbook: Path) -> int:
        """The id of a new template, with a new dataset, for workbooks like this one; "Entry no" is the key."""
        app, report, name = create_app({"INSTANCE_DIR": str(self.folder)}), inspect_workbook(workbook), "Hours {}"
        with app.app_context(), writing() as session:
            ada, name = first_admin(session), name.format(next(numbers))
            columns = templates.choices_from(report, ["Entry no"])
            made = submission.make_template(
                session, report, ada.organization_id, ada.id, name=name, dataset=name, columns=columns
            )
            made_id = made.id
        with app.app_context():
            db.engine.dispose()
        return made_id

    def start_import(self, workbook: Path, template: int | None = None) -> str:
        """Uploads the workbook, by a new template unless one is given; answers the id of its job."""
        page = f"/import-templates/{template or self.new_template(workbook)}"
        answer = self.ada.upload(f"{page}/uploads", workbook, page)
        assert answer.status == 303, answer.words
        return answer.location.rpartition("/")[2]

    def midway(self, job_id: str, beyond: int = 2_000, seconds: float = 60) -> dict[str, Any]:
        """The job, as soon as a worker has done more than `beyond` of its rows; fails if that was all of them."""
        job = wait_for("rows", lambda: (now := self.books.job(job_id))["processed"] > beyond and now, seconds)
        assert job["state"] == "running", job
        return job

    def freeze(self, job_id: str) -> tuple[psutil.Process, dict[str, Any]]:
        """Freezes the worker of a job until it is resumed, at a moment at which it keeps nobody from writing;
        answers it, and the job as it was before."""
        while True:
            job = self.midway(job_id, self.books.job(job_id)["processed"])
            worker = worker_of(job)
            worker.suspend()
            if self.books.is_writable():
                return worker, job
            worker.resume()

    def ended(self, job_id: str, seconds: float = 60) -> dict[str, Any]:
        """The job, as soon as it has ended."""
        return wait_for(f"end of job {job_id}", lambda: (j := self.books.job(job_id))["state"] in ENDED and j, seconds)

    def said(self) -> str:
        """The log so far."""
        return self.log.read_text()

    # -- processes ---------------------------------------------------------------------------------------------

    def supervisor(self) -> psutil.Process:
        """The process that `bin/run` became."""
        assert self.process is not None
        return psutil.Process(self.process.pid)

    def consumer(self) -> psutil.Process:
        """The parent of the worker processes."""
        return wait_for("consumer", lambda: self._children(self.supervisor(), "worker --pool main"))[0]

    def web_master(self) -> psutil.Process:
        """The parent of the web server's processes."""
        return wait_for("web server", lambda: self._children(self.supervisor(), "gunicorn"))[0]

    def readers(self) -> list[psutil.Process]:
        """The processes that read a workbook now."""
        return self.processes(["webapp.sheets.reader.child"])

    def _children(self, parent: psutil.Process, words: str) -> list[psutil.Process]:
        return [child for child in parent.children() if words in command_line(child)]


def worker_of(job: dict[str, Any]) -> psutil.Process:
    """The process that has this job in hand."""
    return psutil.Process(int(job["worker"].split(".")[-2]))


def gone(processes: list[psutil.Process], seconds: float = 15) -> None:
    """Waits until all these processes are gone, or dead and not yet buried; fails if some live on."""
    wait_for(f"end of {processes}", lambda: not any(is_alive(process) for process in processes), seconds)


def is_alive(process: psutil.Process) -> bool:
    """Whether the process runs, or could."""
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


@contextmanager
def frozen(process: psutil.Process) -> Iterator[None]:
    """Within the block the process stands still."""
    process.suspend()
    try:
        yield
    finally:
        with suppress(psutil.NoSuchProcess):
            process.resume()


@contextmanager
def harbour_in(folder: Path, furnished: Path, **settings: str) -> Iterator[Harbour]:
    """A running copy of the furnished instance; nothing of it is left afterwards."""
    copytree(furnished, folder)
    running = Harbour(folder, **settings)
    try:
        yield running.start()  # type: ignore[misc]
    finally:
        running.kill_everything()
