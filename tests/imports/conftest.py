"""Workbooks on disk, and imports from the form to the last row, with the worker's part done in this very process."""

import re
from collections.abc import Callable
from functools import partial
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.imports.checks import TYPED, rows_of, work
from tests.imports.plans import new_plan
from tests.sheets.workbooks import hours_workbook, workbook
from webapp.extensions import kernel
from webapp.jobs import Job

HEADER = ("Code", "Name", "Hours")

Upload = Callable[..., TestResponse]


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """Five rows; the hours of the fourth are no number, and its name is missing."""
    rows = [("A1", "Ada", 1), ("A2", "Max", 2.5), ("A3", "Mia", 3), ("A4", None, "many"), ("A5", "Otto", 5)]
    return workbook(tmp_path / "small.xlsx", [HEADER, *rows], sheet="Hours")


@pytest.fixture
def hours(tmp_path: Path) -> Path:
    """3,000 rows of a time sheet; in every hundredth the hours are no number."""
    return hours_workbook(tmp_path / "hours.xlsx", rows=3_000, bad_every=100)


@pytest.fixture
def hours_without_faults(tmp_path: Path) -> Path:
    """1,200 rows of a time sheet, all of them good."""
    return hours_workbook(tmp_path / "good-hours.xlsx", rows=1_200)


@pytest.fixture
def upload() -> Upload:
    """Uploads a workbook: `upload(client, path)`, with `template_id` for a known template."""

    def upload(client: FlaskClient, path: Path, template_id: int | None = None, **fields: str) -> TestResponse:
        address = "/uploads" if template_id is None else f"/import-templates/{template_id}/uploads"
        page = "/import-templates/new" if template_id is None else f"/import-templates/{template_id}"
        with path.open("rb") as file:
            data = {"csrf_token": client.token(page), "workbook": (file, path.name), **fields}
            return client.post(address, data=data, content_type="multipart/form-data")

    return upload


@pytest.fixture
def run(app: Flask) -> Callable[[str], Job]:
    """Does the worker's part: runs the job of an import's page, and answers it as it is then."""

    def run(address: str) -> Job:
        job_id = address.rsplit("/", 1)[1]
        with app.app_context():
            assert kernel.run(job_id)
            return kernel.find(job_id)

    return run


def fields_of(page: str) -> dict[str, Any]:
    """Every field of a page's proposal form as a browser would send it back."""
    found: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", page):
        attributes = dict(re.findall(r'([\w-]+)="([^"]*)"', tag))
        if attributes.get("type") != "checkbox" or " checked" in tag:
            found[attributes.get("name", "")] = unescape(attributes.get("value", ""))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        assert chosen is not None, f"nothing is chosen for {name}"
        found[name] = chosen[1]
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>\s*(.*?)</textarea>', page, re.S):
        found[name] = unescape(text)
    return found


@pytest.fixture
def imported(upload: Upload, run: Callable[[str], Job]) -> Callable[..., tuple[str, Job]]:
    """A first import, from upload to the end: the address of its page, and its job. `changes` go into the form."""

    def imported(client: FlaskClient, path: Path, **changes: str) -> tuple[str, Job]:
        proposal = upload(client, path).location
        fields = fields_of(client.get(proposal).text) | changes
        answer = client.post(proposal, data=fields)
        assert answer.status_code == 303, answer.text
        return answer.location, run(answer.location)

    return imported


@pytest.fixture
def plan_of(cast):
    """A plan to import a workbook into a fresh dataset."""
    return partial(new_plan, cast.ada)


@pytest.fixture
def book(tmp_path):
    """A workbook with these rows below the header: `book(rows)`."""

    def book(rows, name="book"):
        return workbook(tmp_path / f"{name}.xlsx", [HEADER, *rows])

    return book


@pytest.fixture
def checked(at_ada, app, imported, upload, small):
    """After a first import of `small`: uploads another workbook by its template to be checked, and does the work.

    Answers the check's page.
    """

    def checked(path):
        if not rows_of(app):
            imported(at_ada, small, **TYPED)
        answer = upload(at_ada, path, template_id=1, intent="check")
        assert answer.status_code == 303, answer.text
        work(app, answer.location)
        return answer.location

    return checked
