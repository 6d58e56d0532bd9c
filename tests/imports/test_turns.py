"""Imports that keep values of one dataset unique come one after the other; all others run side by side."""

import pytest

from tests.imports.conftest import HEADER
from tests.sheets.workbooks import workbook
from webapp.extensions import kernel
from webapp.jobs import State

FORM = {"columns-0-key": "y", "columns-2-type": "decimal"}
UNIQUE = FORM | {"columns-1-unique": "y"}


@pytest.fixture
def waiting(at_ada, upload, tmp_path):
    """Two workbooks uploaded by the first template, each with a row called Ida: their jobs, which wait."""

    def waiting():
        ids = []
        for code in ("B1", "C1"):
            path = workbook(tmp_path / f"{code}.xlsx", [HEADER, (code, "Ida", 1), (f"{code}x", code, 2)], sheet="Hours")
            ids.append(upload(at_ada, path, template_id=1).location.rsplit("/", 1)[1])
        return ids

    return waiting


def test_the_second_waits_for_the_first_and_then_sees_its_rows(app, at_ada, imported, small, waiting):
    imported(at_ada, small, **UNIQUE)
    first, second = waiting()
    with app.app_context():
        kernel.run(second)
        assert kernel.find(second).state == State.BLOCKED
        assert "to end." in at_ada.get(f"/import-templates/1/jobs/{second}").text
        assert kernel.run(first)
        assert kernel.run(second)
        assert kernel.find(first).outcome == "2 rows imported: 2 new."
        assert kernel.find(second).outcome == "1 of 2 rows imported: 1 new. 1 was rejected."
    assert (
        "must be unique, and is already in a row that is there"
        in at_ada.get(f"/import-templates/1/jobs/{second}/rejected").text
    )


@pytest.mark.parametrize("form", [FORM, FORM | {"columns-0-unique": "y"}])
def test_without_a_unique_column_besides_the_key_none_waits(app, at_ada, imported, small, waiting, form):
    imported(at_ada, small, **form)
    first, second = waiting()
    with app.app_context():
        assert kernel.run(second)
        assert kernel.run(first)
        assert {kernel.find(each).outcome for each in (first, second)} == {"2 rows imported: 2 new."}
