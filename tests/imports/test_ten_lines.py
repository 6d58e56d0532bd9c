"""A program of ten lines that imports a workbook: no application, no job, no queue (REQUIREMENTS B6)."""

import subprocess
import sys

from tests.sheets.workbooks import hours_workbook
from webapp.db import db

PROGRAM = """
engine, path = create_engine(f"sqlite:///{argv[1]}"), argv[2]
with Session(engine, expire_on_commit=False) as session, session.begin():
    report, at = inspect_workbook(path), datetime.now(UTC)
    facts, place = {"organization_id": 1}, {"sheet": report.sheet, "header_row": report.header.row}
    columns = templates.choices_from(report, ["Entry no"])
    made = templates.create(session, **facts, created_by=1, name="H", dataset="H", sheet=None, columns=columns, at=at)
    upload = Upload(id="1", **facts, owner_id=1, name=path, size=1, sha256="", created_at=at)
    session.add(record := Import(template=made, version=made.version, upload=upload, **place, created_at=at))
plan = service.plan_for(record, Path(path), reading=partial(Session, engine))
print(service.run_import(plan, lambda cursor, processed, total: sessionmaker(engine).begin()))
"""
IMPORTS = """
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from sys import argv
from sqlalchemy import create_engine
from sqlalchemy.orm import Session, sessionmaker
from webapp.imports import service
from webapp.imports.templates import service as templates
from webapp.imports.models import Import, Upload
from webapp.sheets import inspect_workbook
"""


def test_ten_lines_import_a_workbook(app, cast, tmp_path):
    path = hours_workbook(tmp_path / "hours.xlsx", rows=700, bad_every=100)
    with app.app_context():
        database = db.engine.url.database
    program = [sys.executable, "-c", IMPORTS + PROGRAM, database, str(path)]
    done = subprocess.run(program, capture_output=True, text=True, check=False)
    assert (done.stdout, done.stderr) == ("700\n", "")
    assert len(PROGRAM.strip().splitlines()) == 10
