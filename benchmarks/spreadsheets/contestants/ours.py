"""Longshore: FOLDER FILE [TIMES]. The job of an import, as a worker runs it; if it is done again, nothing changes.

The file is received and looked into as an upload is, which takes `inspecting` seconds and is part of no rate.
"""

import json
import sys
import time
from pathlib import Path

from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from webapp.app import create_app
from webapp.db import db, reading
from webapp.imports import service as imports
from webapp.imports import submission
from webapp.imports.jobs import import_of
from webapp.jobs import Job
from webapp.migrations import migrate

from ...figures import p95
from ..people import Person, person, template_for


def main(folder: str, file: str, times: str = "1") -> None:
    """Imports the file so many times; prints what the first time took, what the last, and how long locks were held."""
    app = create_app({"INSTANCE_DIR": folder, "LOG_LEVEL": "WARNING"})
    with app.app_context():
        migrate()
        owner = person("ada@example.org")
        runs = [imported(app, Path(file), owner, held := Locks()) for _ in range(int(times))]
        db.engine.dispose()
    first, last = runs[0], runs[-1]
    assert len(runs) == 1 or last["unchanged"] == last["rows"], last
    print(json.dumps(first | {"again": last["seconds"], "held_p95": p95(held.seconds), "held": max(held.seconds)}))


class Locks:
    """How long each write transaction held the lock of the database, in seconds."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self._begun = 0.0
        event.listen(db.engine, "begin", self._begin)
        event.listen(Session, "after_commit", self._end)

    def _begin(self, _connection: object) -> None:
        self._begun = time.perf_counter()

    def _end(self, _session: object) -> None:
        self.seconds.append(time.perf_counter() - self._begun)


def imported(app: Flask, file: Path, owner: Person, _locks: Locks) -> dict[str, float]:
    """One import by the template of the ten columns."""
    begun = time.perf_counter()
    with file.open("rb") as source, submission.received(source, file.name, owner) as (upload, report):
        inspecting = time.perf_counter() - begun
        job = submission.import_by(template_for(report, owner), upload, report, owner)
    begun = time.perf_counter()
    app.extensions["jobs"].run(job.id)
    seconds = time.perf_counter() - begun
    with reading() as session:
        done = imports.result_of(session, import_of(session, session.get_one(Job, job.id)).id)
    assert done.errors == 0, done
    return {
        "seconds": seconds, "rows": done.processed_count, "unchanged": done.unchanged, "inspecting": inspecting,
    }  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
