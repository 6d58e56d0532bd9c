"""The page of an import tells where it came from, what is wrong, and what followed."""

import re

import pytest

from tests.sheets.workbooks import workbook
from webapp.extensions import kernel

HEADER = ("Code", "Name", "Hours")
KEYED = {"columns-2-type": "decimal", "columns-0-key": "y"}


@pytest.fixture
def address(at_ada, imported, tmp_path):
    """The page of an import of six rows, of which four were rejected, three of them for one reason."""
    hours = [1, "N/A", "N/A", "many", "N/A", 6]
    rows = [(f"A{number}", "Ada", value) for number, value in enumerate(hours, 1)]
    path = workbook(tmp_path / "hours.xlsx", [HEADER, *rows], sheet="June")
    return imported(at_ada, path, name="Hours", **KEYED)[0]


@pytest.fixture
def work(app):
    """Does the next job that waits."""

    def work():
        with app.app_context():
            assert kernel.run_next("main")

    return work


def words_of(page):
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_the_page_says_where_the_import_came_from_and_how_it_went(at_ada, address):
    words = words_of(at_ada.get(address).text)
    for said in (
        "Workbook hours.xlsx (", "Sheet June, header in row 1", "Template Hours , version 1", "Asked for Ada Lovell",
        "add new rows and update known ones; of rows with one key the last row counts",
        "Digest (SHA-256)", "Reading and writing rows",
    ):  # fmt: skip
        assert said in words


def test_equal_problems_are_one_line_with_their_number_before_single_cells(at_ada, address):
    words = words_of(at_ada.get(address).text)
    assert "Hours: &#39;N/A&#39; is not a number. 3 3 Hours: &#39;many&#39; is not a number. 1 5 Cell by cell" in words


def test_undoing_is_confirmed_with_figures_counted_first(at_ada, address, work):
    page = at_ada.get(f"{address}/undo").text
    assert "To be removed 2 To be restored 0 To be kept 0" in words_of(page)
    job_id = address.rpartition("/")[2]
    assert at_ada.submit(f"{address}/undo").location == f"{address}#import-undo-{job_id}"
    assert "Undo the import of hours.xlsx" in at_ada.get(address).text
    work()
    words = words_of(at_ada.get(address).text)
    assert "This import was undone by Ada Lovell" in words
    assert "2 rows removed, 0 restored" in words
    assert "Undone since: these figures are of before." in words


def test_an_import_that_was_undone_is_not_offered_to_be_undone_again(at_ada, address, work):
    at_ada.submit(f"{address}/undo")
    work()
    answer = at_ada.get(f"{address}/undo")
    assert answer.status_code == 409
    assert "has been undone already" in answer.text
    assert "Undo this import…" not in at_ada.get(address).text


def test_an_undo_that_was_cancelled_can_be_gone_on_with(at_ada, address, app, work):
    at_ada.submit(f"{address}/undo")
    job_id = re.search(r'id="job-card-([0-9a-f]{16})"', at_ada.get(address).text)[1]
    at_ada.submit(f"/jobs/{job_id}/cancellation", page="/jobs")
    words = words_of(at_ada.get(address).text)
    assert "Undoing it stopped before its end. 0 rows were removed and 0 restored so far" in words
    assert "Go on with the undo…" in words
    at_ada.submit(f"{address}/undo")
    work()
    assert "This import was undone" in at_ada.get(address).text


def test_rows_that_were_kept_are_listed_with_the_reason(at_ada, address, upload, run, work, tmp_path):
    run(upload(at_ada, workbook(tmp_path / "hours-2.xlsx", [HEADER, ("A1", "Ada", 9)]), template_id=1).location)
    assert "To be removed 1 To be restored 0 To be kept 1" in words_of(at_ada.get(f"{address}/undo").text)
    at_ada.submit(f"{address}/undo")
    work()
    for page in (address, f"{address}/kept"):
        assert "A1 Changed by the import of hours-2.xlsx on" in words_of(at_ada.get(page).text)


def test_a_poll_brings_the_parts_that_changed_and_nothing_when_nothing_did(at_ada, address, work):
    subject = address.removeprefix("/import-templates/").replace("/jobs/", ".")
    page = at_ada.get(address).text
    revision = re.search(r'hx-get="(/live[^"]+)"', page)[1].replace("&amp;", "&")
    assert subject in revision
    assert at_ada.get(revision).status_code == 204
    at_ada.submit(f"{address}/undo")
    answer = at_ada.get(revision)
    assert 'hx-target="#import-undo-' in answer.text
    assert 'hx-target="#import-about-' not in answer.text


@pytest.mark.parametrize("path", ["/errors.xlsx", "/undo", "/kept"])
def test_what_follows_an_import_is_no_business_of_others(app, cast, sign_in, address, path):
    assert sign_in(app.test_client(), cast.otto).get(f"{address}{path}").status_code == 404
    assert sign_in(app.test_client(), cast.mia).get(f"{address}{path}").status_code == 404


def test_another_organization_cannot_undo(app, cast, sign_in, at_ada, address):
    assert sign_in(app.test_client(), cast.otto).submit(f"{address}/undo", page="/jobs").status_code == 404
    assert "Undo this import…" in at_ada.get(address).text
