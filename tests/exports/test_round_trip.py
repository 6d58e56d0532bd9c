"""A dataset that is exported and imported again has not changed: 100 % of its rows are unchanged (B40)."""

import string
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as some
from sqlalchemy.orm import Session

from webapp.datasets.models import Dataset
from webapp.db import reading, writing
from webapp.exports import service as exports
from webapp.exports.asking import Asked
from webapp.exports.sources import DatasetSource
from webapp.imports import service as imports
from webapp.imports.models import Import, Upload
from webapp.imports.templates import service as templates
from webapp.imports.templates.columns import TemplateColumn
from webapp.sheets import COLUMN_TYPES, inspect_workbook
from webapp.sheets.writing import OutputColumn, start_writing

NOW = datetime(2026, 11, 23, tzinfo=UTC)
TEXTS = some.text(string.printable + "éß港😀\u00a0_x0041_", max_size=60) | some.text(max_size=20)
DIGITS = some.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
VALUES: dict[str, some.SearchStrategy[Any]] = {
    "text": TEXTS | some.sampled_from(["=1+1", "-5", "+49", "@x", "00123", "1e5", "TRUE", "2026-01-05", "#N/A", "NaN"]),
    "integer": some.integers(-(2**63), 2**63 - 1) | some.integers(-1000, 1000),
    "decimal": DIGITS | some.integers(-(10**20), 10**20) | some.sampled_from([Decimal("12.50"), Decimal("-0.0")]),
    "percent": DIGITS | some.decimals(-5, 5, places=4),
    "boolean": some.booleans(),
    "date": some.dates(),
    "datetime": some.datetimes().map(lambda moment: moment.replace(microsecond=0)),
    "time": some.times().map(lambda moment: moment.replace(microsecond=0)),
    "duration": some.integers(-(10**9), 10**12).map(lambda seconds: timedelta(seconds=seconds)),
    "choice": some.sampled_from(["Open", "in Arbeit", "=1", "1,5", "TRUE"]),
    "email": some.sampled_from(["ada@example.org", "-b@example.org", "=c@example.org"]),
    "reference": TEXTS,
}
NEEDED: dict[str, dict[str, Any]] = {
    "choice": {"choices": ("Open", "In Arbeit", "=1", "1,5", "True")},
    "reference": {"references": "customers.number"},
}
RULES: dict[str, dict[str, Any]] = {
    "integer": {"decimal_sign": ","},
    "decimal": {"decimal_sign": ","},
    "percent": {"decimal_sign": ","},
    "date": {"date_format": "DD.MM.YYYY"},
    "datetime": {"date_format": "MM/DD/YY"},
    "boolean": {"yes": ("x",), "no": ("-",)},
}
"""How texts are written in a column: what a person chose for other files must not matter to what is exported."""
COLUMNS = [OutputColumn("Key", "key", "text")] + [OutputColumn(name.title(), name, name) for name in VALUES]
ROWS = some.lists(some.tuples(*(some.none() | values for values in VALUES.values())), min_size=1, max_size=30)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    with app.app_context():
        yield


def test_every_type_of_column_takes_part():
    assert set(VALUES) == set(COLUMN_TYPES)


@given(rows=ROWS, rules=some.sampled_from([{}, RULES]))
@settings(
    max_examples=20,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],  # a whole way takes a second: it is not walked to shrink
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_export_and_import_report_every_row_unchanged(context, cast, tmp_path_factory, rows, rules):
    folder = tmp_path_factory.mktemp("trip")
    source = book(folder / "source.xlsx", [(f"K{number}", *row) for number, row in enumerate(rows)])
    columns = [
        TemplateColumn(
            c.header, c.field, c.type, key=c.field == "key", **NEEDED.get(c.type, {}), **rules.get(c.type, {})
        )
        for c in COLUMNS
    ]
    first = imported(cast.ada, source, columns, make_template=True)
    with reading() as session:
        refused = session.scalars(imports.rejected_cells(first.id)).all()
        assert {cell.code for cell in refused} <= {"unprintable"}
        dataset = session.get_one(Dataset, first.template.dataset_id)
        with (folder / "export.xlsx").open("w+b") as file:
            exports.write(session, DatasetSource(dataset), Asked(), "xlsx", file, lambda done, total: None)
    again = imported(cast.ada, folder / "export.xlsx", columns, make_template=False)
    good = len(rows) - first.rejected
    assert (first.inserted, again.inserted, again.updated, again.rejected) == (good, 0, 0, 0)
    assert again.unchanged == good


def book(path: Path, rows: Sequence[Sequence[Any]]) -> Path:
    """A workbook with these rows, as somebody may upload it: long numbers and old dates stand in it as text."""
    with path.open("w+b") as file, start_writing("xlsx", file, COLUMNS, "Data") as writer:
        writer.write(list(zip(*rows, strict=True)))
    return path


def imported(owner: Any, path: Path, columns: Sequence[TemplateColumn], *, make_template: bool) -> Import:
    """Imports a workbook with nothing but the services, as each test does into a dataset of its own."""
    report = inspect_workbook(path)
    name = path.parent.name
    with writing() as session:
        template = templates.find_by_name(session, name, owner.organization_id)
        if make_template:
            choices = [TemplateColumn(c.header, c.field, c.type, key=c.field == "key") for c in COLUMNS]
            template = templates.create(
                session, organization_id=owner.organization_id, created_by=owner.id, name=name, dataset=name,
                sheet=None, columns=choices, at=NOW,
            )  # fmt: skip
        upload = Upload(id=f"{path.stat().st_ino:016x}"[:16], organization_id=owner.organization_id, owner_id=owner.id)
        upload.name, upload.size, upload.sha256, upload.created_at = path.name, 1, "0" * 64, NOW
        place = {"sheet": report.sheet, "header_row": report.header.row}
        record = Import(template=template, version=template.version, upload=upload, **place, created_at=NOW)
        session.add_all([upload, record])
        session.flush()
        plan, record_id = replace(imports.plan_for(record, path), columns=columns), record.id

    @contextmanager
    def batches(_cursor: Any, _processed: int, _total: int) -> Iterator[Session]:
        with writing() as session:
            yield session

    imports.run_import(plan, batches)
    with reading() as session:
        return session.get_one(Import, record_id)
