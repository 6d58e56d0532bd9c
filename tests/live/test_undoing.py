"""SIGKILL while an import is undone: the undo goes on by itself, and leaves what was before the import."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.sheets.workbooks import hours_workbook

from .harbour import Harbour, worker_of

pytestmark = pytest.mark.live
ROWS, EARLIER_ROWS = 40_000, 15_000


def dump(harbour: Harbour) -> list[dict[str, Any]]:
    """Every row of every dataset, with everything that is known of it."""
    return harbour.books.all("SELECT * FROM dataset_rows ORDER BY id")


def test_an_undo_survives_one_killed_worker_after_another(harbour: Harbour, tmp_path: Path) -> None:
    earlier = hours_workbook(tmp_path / "earlier.xlsx", EARLIER_ROWS)
    template = harbour.new_template(earlier)
    harbour.ended(harbour.start_import(earlier, template))
    _edit(harbour)
    before = dump(harbour)
    imported = harbour.start_import(hours_workbook(tmp_path / "later.xlsx", ROWS), template)
    assert harbour.ended(imported)["state"] == "completed"

    undo_id, beyond, kills = harbour.json("imports", "undo", imported)["job_id"], 1_000, 3
    for _ in range(kills):
        job = harbour.midway(undo_id, beyond)
        worker_of(job).kill()
        beyond = job["processed"] + 3_000
    job = harbour.ended(undo_id)
    assert (job["state"], job["interruptions"], job["failures"]) == ("completed", kills, 0)
    assert job["outcome"] == "Import undone: 25,000 removed, 15,000 restored."
    assert dump(harbour) == before


def _edit(harbour: Harbour) -> None:
    """Somebody has corrected every row meanwhile: the next import writes all of them again."""
    with closing(sqlite3.connect(harbour.folder / "app.db", timeout=10)) as connection, connection:
        connection.execute(
            """UPDATE dataset_rows SET data = replace(data, '"hours":', '"hours":1'), changed_in = NULL"""
        )
