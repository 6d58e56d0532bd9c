"""Datasets to export, and exports from the form to the file, with the worker's part done in this very process."""

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Cast
from webapp.datasets import service as datasets
from webapp.datasets.changes import NewRow, put
from webapp.datasets.models import Dataset
from webapp.db import reading, writing
from webapp.exports.asking import Asked
from webapp.exports.jobs import exports_folder, start
from webapp.exports.models import Export
from webapp.exports.sources import DatasetSource
from webapp.extensions import kernel
from webapp.jobs import Job

COLUMNS = (("code", "Code", "text"), ("hours", "Hours", "decimal"), ("day", "Day", "date"), ("paid", "Paid", "boolean"))
NOW = datetime(2026, 11, 23, tzinfo=UTC)


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """The application, to be asked without a request."""
    with app.app_context():
        yield


@pytest.fixture
def stocked(app: Flask, cast: Cast) -> Callable[..., int]:
    """Makes a dataset of the Harbour Office with so many rows, or with these; answers its id."""

    def stocked(
        rows: int | Sequence[dict[str, Any]] = 25,
        columns: Sequence[tuple[str, str, str]] = COLUMNS,
        name: str = "Hours",
    ) -> int:
        found = [row(number) for number in range(rows)] if isinstance(rows, int) else rows
        stored = [NewRow(number, f'["{number}"]', json.dumps(each)) for number, each in enumerate(found)]
        with app.app_context(), writing() as session:
            new = [datasets.NewColumn(*column) for column in columns]
            dataset = datasets.ensure(session, cast.ada.organization_id, name, new, NOW)
            put(session, dataset.id, stored, NOW)
            return dataset.id

    return stocked


def row(number: int) -> dict[str, Any]:
    """A row of the dataset, told by its number."""
    return {"code": f"N{number:04}", "hours": number / 4, "day": "2026-01-05", "paid": number % 2 == 0}


@pytest.fixture
def ask(cast: Cast) -> Callable[..., Job]:
    """Asks for an export of a dataset, as Ada: `ask(dataset_id, "csv", search="quay")`."""

    def ask(dataset_id: int, format_: str = "csv", **asked: Any) -> Job:
        with writing() as session:
            dataset = session.get_one(Dataset, dataset_id)
            return start(session, DatasetSource(dataset), Asked(**asked), format_, cast.ada.id)

    return ask


@pytest.fixture
def exported(ask: Callable[..., Job]) -> Callable[..., str]:
    """Asks for an export and does the worker's part; answers the text of its file."""

    def exported(*arguments: Any, **asked: Any) -> str:
        job = ask(*arguments, **asked)
        assert kernel.run(job.id)
        found = kernel.find(job.id)
        assert found.state == "completed", found.error_message
        return file_of(found).read_text("utf-8-sig")

    return exported


def export_of(job: Job) -> Export:
    """The export that a job makes, as it is now."""
    with reading() as session:
        return session.get_one(Export, job.arguments["export_id"])


def file_of(job: Job) -> Path:
    """The file of a job that has completed."""
    return exports_folder() / (export_of(job).stored_as or "none")


def lines(text: str) -> list[list[str]]:
    """The lines of a CSV."""
    return list(csv.reader(StringIO(text, newline="")))


def objects(text: str) -> list[dict[str, Any]]:
    """The objects of JSON Lines; decimals are exact."""
    return [json.loads(line, parse_float=Decimal) for line in text.splitlines()]
