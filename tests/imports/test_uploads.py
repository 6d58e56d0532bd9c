"""Uploaded workbooks: what is refused leaves no file, and no file stays longer than it is needed."""

from io import BytesIO

import pytest

from tests.imports.conftest import fields_of
from webapp.db import reading
from webapp.extensions import kernel
from webapp.imports import submission
from webapp.imports.models import Import
from webapp.imports.running.plans import plan_for
from webapp.jobs import State
from webapp.sheets import WorkbookRefused, inspect_workbook


@pytest.fixture
def folder(app):
    return app.config["INSTANCE_DIR"] / "uploads"


@pytest.mark.parametrize(
    "content", [b"", b"\x89PNG\r\n\x1a\n" + bytes(100), b"<html></html>", b"PK\x03\x04" + bytes(50)]
)
def test_what_is_no_workbook_is_refused_with_a_sentence_and_leaves_no_file(at_ada, upload, tmp_path, folder, content):
    path = tmp_path / "hours.xlsx"
    path.write_bytes(content)
    answer = upload(at_ada, path)
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert '<a href="#workbook">hours.xlsx: Th' in answer.text
    assert "Traceback" not in answer.text
    assert list(folder.iterdir()) == []


def test_the_upload_limit_bounds_the_workbook_and_not_only_the_request(make_app, cast, folder):
    content = BytesIO(b"PK\x03\x04" + bytes(1_500_000))
    with make_app({"MAX_UPLOAD_MB": "1"}).app_context(), pytest.raises(WorkbookRefused, match="2 MB large; 1 MB are"):
        submission.received(content, "large.xlsx", cast.ada).__enter__()
    assert list(folder.iterdir()) == []


def test_the_workbook_is_gone_once_it_is_imported(at_ada, imported, small, folder):
    imported(at_ada, small)
    assert list(folder.iterdir()) == []


def test_the_eleventh_import_is_refused_and_nothing_of_it_stays(at_ada, imported, upload, small, folder):
    imported(at_ada, small, name="Hours", **{"columns-0-key": "y"})
    for _ in range(10):
        assert upload(at_ada, small, template_id=1).status_code == 303
    answer = upload(at_ada, small, template_id=1)
    assert answer.status_code == 429
    assert "10 active jobs" in answer.text
    assert "Import small.xlsx" in answer.text
    assert len(list(folder.iterdir())) == 10


def test_a_workbook_that_vanished_before_its_import_fails_the_job_with_a_sentence(at_ada, upload, run, small, folder):
    proposal = upload(at_ada, small).location
    address = at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text)).location
    for path in folder.iterdir():
        path.unlink()
    job = run(address)
    assert job.state == State.DISCARDED
    assert job.error_message == "The workbook small.xlsx is no longer kept here. Upload it again."


def test_a_workbook_that_was_exchanged_is_not_imported(at_ada, upload, run, small, hours, folder):
    proposal = upload(at_ada, small).location
    address = at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text)).location
    for path in folder.iterdir():
        path.write_bytes(hours.read_bytes())
    assert "is not the one that was uploaded" in run(address).error_message


def test_uploads_that_nobody_needs_go_after_a_day(at_ada, app, upload, small, folder, monkeypatch):
    from webapp.imports import jobs, uploads

    upload(at_ada, small)
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -1)
    with app.app_context():
        jobs.tidy_uploads()
    assert list(folder.iterdir()) == []


def test_the_upload_of_a_waiting_import_stays(at_ada, app, upload, small, folder, monkeypatch):
    from webapp.imports import jobs, uploads

    proposal = upload(at_ada, small).location
    at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text))
    monkeypatch.setattr(uploads, "KEPT_SECONDS", -1)
    with app.app_context():
        jobs.tidy_uploads()
        assert len(list(folder.iterdir())) == 1
        assert kernel.engines["main"].waiting() == 1


def test_what_was_counted_at_the_upload_is_known_to_its_import(at_ada, imported, small, app):
    _, job = imported(at_ada, small)
    with app.app_context(), reading() as session:
        record = session.get_one(Import, job.arguments["import_id"])
        assert plan_for(record, small).known == inspect_workbook(small).facts
