"""The list of imports on the page of their template: a line each, with what came of it."""

import re

import pytest

from webapp.db import writing
from webapp.imports.after import undoing
from webapp.imports.models import Import


@pytest.fixture
def lines(at_ada):
    """The texts of the cells of each line on the page of the first template."""

    def lines():
        page = at_ada.get("/import-templates/1").text
        found = re.findall(r'<tr id="import-row-[^>]*>(.*?)</tr>', page, re.S)
        return [[_text(cell) for cell in re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", line, re.S)] for line in found]

    return lines


def _text(markup):
    return " ".join(re.sub(r"<[^>]*>", " ", markup).split())


def test_a_line_says_what_became_of_the_rows(at_ada, imported, upload, run, small, lines):
    imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    run(upload(at_ada, small, template_id=1).location)
    latest, first = lines()
    assert latest[:6] == ["small.xlsx", "0", "0", "4", "1", "Completed with 1 rejected row"]
    assert first[:6] == ["small.xlsx", "4", "0", "0", "1", "Completed with 1 rejected row"]


def test_an_import_without_rejected_rows_is_simply_completed(at_ada, imported, hours_without_faults, lines):
    imported(at_ada, hours_without_faults)
    ((_, new, _, _, rejected, state, _),) = lines()
    assert (new, rejected, state) == ("1,200", "0", "Completed")


def test_an_import_that_waits_has_its_line_too(at_ada, imported, upload, small, lines):
    imported(at_ada, small)
    upload(at_ada, small, template_id=1)
    assert lines()[0][:6] == ["small.xlsx", "0", "0", "0", "0", "Waiting to start"]


@pytest.mark.parametrize(
    ("kept", "is_over", "words"), [(0, True, "Undone"), (3, True, "Undone, 3 kept"), (0, False, "Being undone")]
)
def test_an_import_that_was_undone_is_marked(app, at_ada, cast, imported, small, lines, kept, is_over, words):
    imported(at_ada, small)
    with app.app_context(), writing() as session:
        record = session.get_one(Import, 1)
        record.undone_by, record.kept = cast.ada.id, kept
        record.undone_at = record.finished_at if is_over else None
        assert undoing.has_begun(record)
    assert lines()[0][0] == f"small.xlsx {words}"


def test_a_template_without_imports_says_so(at_ada, lines):
    address = at_ada.submit("/import-templates/ready/customers", "/commerce/customers").location
    assert "No workbook has been imported with this template yet." in at_ada.get(address).text
    assert lines() == []


def test_page_tray_and_lists_agree_about_rejected_rows(at_ada, imported, small):
    address, job = imported(at_ada, small, **{"columns-2-type": "decimal"})
    assert job.outcome == "4 of 5 rows imported: 4 new. 1 was rejected."
    for page in (address, "/import-templates", "/import-templates/1", "/jobs"):
        assert "Completed with 1 rejected row" in at_ada.get(page).text, page
    assert "completed with 1 rejected row. 4 of 5 rows imported" in at_ada.get(address).text
