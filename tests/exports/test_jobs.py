"""The export as a job: whole or not there, wherever it is stopped; and how its file goes away."""

import os
import time
from datetime import timedelta
from errno import ENOSPC

import pytest
from sqlalchemy import text

from webapp.db import reading, watched, writing
from webapp.exports import files, service, sources
from webapp.exports import jobs as shell
from webapp.exports.errors import DiskFull
from webapp.exports.jobs import exports_folder
from webapp.exports.models import Export
from webapp.extensions import kernel
from webapp.jobs import State
from webapp.jobs.testing import Fault, prove, run_to_end

from .conftest import export_of, file_of, lines

pytestmark = pytest.mark.usefixtures("context")


@pytest.fixture
def often(monkeypatch):
    """A safe point behind each batch, so that there are many places to stop at."""
    monkeypatch.setattr(shell, "REPORT_EVERY", 0)
    monkeypatch.setattr(sources, "BATCH_ROWS", 10)


def names():
    return sorted(path.name for path in exports_folder().iterdir())


@pytest.mark.usefixtures("often")
@pytest.mark.parametrize("format_", ["xlsx", "csv"])
def test_the_file_is_the_same_wherever_the_job_is_stopped(stocked, ask, format_):
    dataset = stocked(40)

    def effects(job):
        left = [name for name in names() if name.startswith(f"{export_of(job).id}-")]
        assert left in ([], [export_of(job).stored_as]), "a part of a file was left behind"
        return export_of(job).rows, file_of(job).stat().st_size if export_of(job).stored_as else None

    # It starts anew each time: one that is interrupted at every safe point comes to no end.
    plain = prove(kernel, lambda: ask(dataset, format_), effects, set(Fault) - {Fault.INTERRUPTED})
    for place in range(1, plain.safe_points + 1):
        job = run_to_end(kernel, ask(dataset, format_).id, Fault.INTERRUPTED, place).job
        assert (job.state, effects(job)) == (State.COMPLETED, effects(plain.job))


@pytest.mark.every_database
@pytest.mark.usefixtures("often")
def test_a_cancelled_export_leaves_nothing_behind(stocked, ask, monkeypatch):
    job = ask(stocked(100))
    write = service.write

    def cancelled_meanwhile(*arguments):
        kernel.cancel(job.id)
        return write(*arguments)

    monkeypatch.setattr(service, "write", cancelled_meanwhile)
    kernel.run(job.id)
    assert kernel.find(job.id).state == State.CANCELLED
    assert names() == []
    assert export_of(job).stored_as is None


@pytest.mark.every_database
def test_a_query_that_takes_long_is_stopped_as_soon_as_somebody_asks(stocked):
    stocked(1)

    class Asked(Exception):
        """Somebody asked the job to stop."""

    def stop():
        raise Asked

    endless = text("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
    with reading() as session, pytest.raises(Asked), watched(session, stop):
        session.execute(endless)


def test_a_full_disk_is_said_and_leaves_nothing(tmp_path):
    with pytest.raises(DiskFull), files.drafted(tmp_path, 1, 1):
        raise OSError(ENOSPC, "No space left on device")
    assert list(tmp_path.glob("1-*")) == []


def test_an_attempt_removes_what_an_earlier_one_left_and_nothing_of_a_later_one(tmp_path):
    for name in ("7-1-aa.part", "7-2-bb", "7-4-cc", "77-1-dd.part"):
        (tmp_path / name).touch()
    files.remove_earlier(tmp_path, 7, token=3)
    assert sorted(path.name for path in tmp_path.glob("7*")) == ["7-4-cc", "77-1-dd.part"]


def test_a_file_is_its_owner_s_alone_and_there_only_when_whole(tmp_path):
    with files.drafted(tmp_path, 1, 1) as draft:
        draft.file.write(b"half")
        assert [path.suffix for path in tmp_path.glob("1-*")] == [files.PART]
    [path] = tmp_path.glob("1-*")
    assert (path.name, path.read_bytes(), path.stat().st_mode & 0o077) == (draft.stored_as, b"half", 0)


@pytest.mark.every_database
def test_expired_and_unknown_files_are_removed_and_others_stay(stocked, ask):
    dataset = stocked(1)
    kept, expired = ask(dataset), ask(dataset)
    for job in (kept, expired):
        kernel.run(job.id)
    waiting = ask(dataset)
    stray, young, coming = (
        exports_folder() / name for name in ("99-1-aa", "99-1-bb.part", f"{waiting.subject_id}-1-cc.part")
    )
    for path in (stray, young, coming):
        path.touch()
    for path in exports_folder().iterdir():
        if path != young:
            os.utime(path, (time.time() - 7_200,) * 2)
    with writing() as session:
        found = session.get_one(Export, expired.arguments["export_id"])
        found.expires_at -= timedelta(hours=73)
        gone = found.stored_as
    with writing() as session:
        tidy = kernel.enqueue(session, shell.tidy, owner=None, subject=("schedule", "tidy"), title="Tidy")
    kernel.run(tidy.id)
    assert kernel.find(tidy.id).outcome == "2 files removed."
    assert names() == sorted([export_of(kept).stored_as, young.name, coming.name])
    assert gone not in names()
    assert export_of(expired).stored_as is None


@pytest.mark.every_database
def test_the_outcome_says_how_many_rows_there_are(stocked, ask):
    job = ask(stocked(1))
    kernel.run(job.id)
    found = kernel.find(job.id)
    assert (found.outcome, found.processed, found.total) == ("1 row exported.", 1, 1)
    assert len(lines(file_of(job).read_text("utf-8-sig"))) == 2
