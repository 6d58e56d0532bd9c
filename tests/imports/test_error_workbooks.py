"""The workbook of an import's errors, and what becomes of it when it comes back corrected (B14)."""

import csv
import json
from datetime import date
from io import BytesIO

import pytest
from openpyxl import load_workbook
from sqlalchemy import select

from tests.sheets.workbooks import workbook
from webapp.datasets.models import DatasetRow
from webapp.db import reading
from webapp.extensions import kernel
from webapp.imports.jobs import import_of
from webapp.imports.models import RejectedRow

pytestmark = pytest.mark.every_database

HEADER = ("Code", "Name", "Hours", "Day", "Row", "Note")
ROWS = [
    ("A1", "Ada", 1, date(2026, 1, 5), "r1", None),
    ("A2", "+1 Max", "many", date(2026, 1, 6), "r2", "00123"),
    ("A3", "Mia", 3, date(2026, 1, 7), "r3", None),
    ("A4", "Bo", "N/A", "soon", "r4", 12.5),
]
TYPES = {"columns-2-type": "decimal", "columns-3-type": "date", "columns-5-type": "text", "columns-0-key": "y"}


@pytest.fixture
def parent(at_ada, imported, tmp_path):
    """The address of an import of four rows of which two were rejected."""
    path = workbook(tmp_path / "hours.xlsx", [HEADER, *ROWS], sheet="June")
    return imported(at_ada, path, name="Hours", **TYPES)[0]


@pytest.fixture
def download(at_ada):
    """Downloads the workbook of an import's errors, and opens it."""

    def download(address):
        answer = at_ada.get(f"{address}/errors.xlsx")
        assert answer.status_code == 200, answer.text
        return load_workbook(BytesIO(answer.data))

    return download


@pytest.fixture
def send_back(at_ada, upload, run, tmp_path):
    """Uploads a workbook that was corrected; the address of its import, which is done then."""

    def send_back(book, name="hours errors.xlsx", template_id=1):
        path = tmp_path / name
        book.save(path)
        address = upload(at_ada, path, template_id=template_id).location
        run(address)
        return address

    return send_back


def test_it_holds_the_rejected_rows_as_they_came_with_their_numbers_and_what_is_wrong(parent, download):
    sheet = download(parent)["June"]
    assert [cell.value for cell in sheet[1]] == ["Row (2)", "Problems", *HEADER]
    first, second = ([cell.value for cell in row] for row in sheet.iter_rows(min_row=2))
    assert first[0] == 3
    assert first[1] == "Hours: 'many' is not a number."
    assert first[2:5] + first[6:] == ["A2", "+1 Max", "many", "r2", "00123"]
    assert (first[5].date(), sheet["D2"].data_type) == (date(2026, 1, 6), "s")
    assert second[1].splitlines() == [
        "Hours: 'N/A' is not a number.",
        "Day: 'soon' is not a date; write it as 2026-01-31.",
    ]
    assert (second[0], second[7]) == (5, 12.5)


def test_the_cells_at_fault_are_marked_and_say_why(parent, download):
    sheet = download(parent)["June"]
    marked = {cell.coordinate: cell.comment.text for row in sheet.iter_rows() for cell in row if cell.comment}
    assert marked == {
        "E2": "Hours: 'many' is not a number.",
        "E3": "Hours: 'N/A' is not a number.",
        "F3": "Day: 'soon' is not a date; write it as 2026-01-31.",
    }


def test_it_says_what_it_is(parent, download):
    lines = [row[0].value for row in download(parent)["About"]]
    assert lines[0] == "Rows of hours.xlsx that were not imported"
    assert "Correct the cells, save the workbook, and upload it" in lines[-1]


def test_corrected_rows_are_imported_and_linked_to_their_parent(parent, download, send_back, at_ada, app):
    book = download(parent)
    book["June"]["E2"], book["June"]["E3"], book["June"]["F3"] = 2.5, 4, date(2026, 1, 8)
    child = send_back(book)
    with app.app_context(), reading() as session:
        rows = [row.data for row in session.scalars(select(DatasetRow).order_by(DatasetRow.id))]
    assert rows[2] == '{"code":"A2","name":"+1 Max","hours":2.5,"day":"2026-01-06","row":"r2","note":"00123"}'
    assert len(rows) == 4
    page = at_ada.get(parent).text
    assert "All 2 rejected rows were repaired by corrections." in page
    assert f'href="{child}"' in page
    assert f'href="{parent}"' in at_ada.get(child).text


def test_a_workbook_of_errors_is_known_again_wherever_it_is_uploaded(parent, download, send_back):
    book = download(parent)
    book["June"]["E2"] = 2.5
    assert send_back(book, template_id=None).startswith("/import-templates/1/jobs/")


def test_what_is_still_wrong_is_rejected_again_and_keeps_the_number_of_its_row(parent, download, send_back, at_ada):
    book = download(parent)
    book["June"]["E2"] = 2.5
    child = send_back(book)
    assert "1 of 2 rejected rows was repaired by corrections." in at_ada.get(parent).text
    again = download(child)
    sheet = again["June"]
    assert [cell.value for cell in sheet[1]] == ["Row (2)", "Problems", *HEADER]
    assert [cell.value for cell in sheet[2]][:3] == [
        5,
        "Hours: 'N/A' is not a number.\nDay: 'soon' is not a date; write it as 2026-01-31.",
        "A4",
    ]
    sheet["E2"], sheet["F2"] = 4, date(2026, 1, 8)
    send_back(again, name="hours errors errors.xlsx")
    assert "All 2 rejected rows were repaired by corrections." in at_ada.get(parent).text
    assert at_ada.get(parent).text.count("Rejected again") == 1


def test_rows_that_were_repaired_are_no_longer_in_the_workbook(parent, download, send_back):
    book = download(parent)
    book["June"].delete_rows(3)
    book["June"]["E2"] = 2.5
    send_back(book)
    assert [cell.value for cell in download(parent)["June"]["C"]] == ["Code", "A4"]


def test_undoing_a_correction_takes_its_repairs_back(parent, download, send_back, at_ada, app, run):
    book = download(parent)
    book["June"]["E2"] = 2.5
    child = send_back(book)
    assert at_ada.submit(f"{child}/undo").status_code == 303
    with app.app_context():
        assert kernel.run_next("main")
        with reading() as session:
            job = kernel.find(parent.rsplit("/", 1)[1])
            rows = select(RejectedRow.repaired_in).where(RejectedRow.import_id == import_of(session, job).id)
            assert list(session.scalars(rows)) == [None, None]


def test_a_row_of_a_correction_whose_number_was_overtyped_is_imported_and_repairs_nothing(
    parent, download, send_back, at_ada
):
    book = download(parent)
    book["June"]["A2"], book["June"]["E2"] = 10**15, 2.5
    child = send_back(book)
    assert "repaired by corrections" not in at_ada.get(parent).text
    assert "1 of 2 rows imported" in at_ada.get(child).text


class TestByTheCommand:
    """A workbook of errors is brought back by `imports run`, with its options."""

    @pytest.fixture
    def run_command(self, app, parent, download, tmp_path):
        """Runs a workbook of which one row is corrected; answers the job, which is done then, and its import."""

        def run_command(*options):
            book = download(parent)
            book["June"]["E2"] = 2.5
            book.save(tmp_path / "back.xlsx")
            arguments = ["run", tmp_path / "back.xlsx", "--template", "Hours", "--owner", "ada@example.org", "--json"]
            called = app.test_cli_runner().invoke(args=["imports", *map(str, [*arguments, *options])])
            with app.app_context():
                kernel.run(json.loads(called.stdout)["job_id"])
                job = kernel.find(json.loads(called.stdout)["job_id"])
                with reading() as session:
                    return job, import_of(session, job)

        return run_command

    def test_a_dry_run_only_checks_it(self, run_command, at_ada, parent):
        job, record = run_command("--dry-run")
        assert (job.kind, job.outcome) == ("check", "1 new; 1 would be rejected. Nothing was written.")
        assert record.parent_id is not None
        assert "repaired by corrections" not in at_ada.get(parent).text

    def test_all_or_nothing_takes_none_and_repairs_none_while_a_row_is_wrong(self, run_command, at_ada, parent):
        job, record = run_command("--mode", "all-or-nothing")
        assert (job.state, record.mode, record.inserted) == ("discarded", "all-or-nothing", 0)
        assert "Nothing was imported: of 2 rows that were read, 1" in job.error_message
        assert "repaired by corrections" not in at_ada.get(parent).text

    def test_a_mapping_counts_in_place_of_the_one_of_then(self, run_command, tmp_path):
        (tmp_path / "mapping.json").write_text('{"Note": "name", "Name": null}')
        _, record = run_command("--mapping", tmp_path / "mapping.json")
        assert json.loads(record.mapping) == {"Note": "name", "Name": None}
        assert (record.inserted, record.rejected) == (1, 1)


def test_a_correction_of_all_or_nothing_repairs_all(parent, download, at_ada, upload, run, tmp_path, app):
    book = download(parent)
    book["June"]["E2"], book["June"]["E3"], book["June"]["F3"] = 2.5, 4, date(2026, 1, 8)
    book.save(tmp_path / "back.xlsx")
    checked = upload(at_ada, tmp_path / "back.xlsx", template_id=1, intent="check").location
    with app.app_context():
        assert kernel.run_next("main")
    answer = at_ada.submit(checked.replace("/check", "/confirmation"), checked, mode="all-or-nothing")
    assert run(answer.location).outcome == "2 rows imported: 2 new."
    assert "All 2 rejected rows were repaired by corrections." in at_ada.get(parent).text


def test_the_workbook_of_errors_of_a_deleted_template_is_an_ordinary_one(parent, download, at_ada, upload, tmp_path):
    path = tmp_path / "late.xlsx"
    download(parent).save(path)
    assert at_ada.submit("/import-templates/1/deletion").status_code == 303
    assert "The template was deleted since" in at_ada.get(parent).text
    assert "upload it again</a>" not in at_ada.get(parent).text
    assert upload(at_ada, path).location.startswith("/uploads/")


def test_the_workbook_of_another_organization_is_an_ordinary_one(
    parent, download, app, cast, sign_in, upload, tmp_path
):
    path = tmp_path / "theirs.xlsx"
    download(parent).save(path)
    answer = upload(sign_in(app.test_client(), cast.otto), path)
    assert answer.location.startswith("/uploads/")


def test_an_import_without_rejected_rows_has_no_workbook_of_errors(at_ada, imported, tmp_path):
    path = workbook(tmp_path / "good.xlsx", [HEADER, ROWS[0]])
    address, _ = imported(at_ada, path, name="Good")
    assert at_ada.get(f"{address}/errors.xlsx").status_code == 404
    assert "Download the rejected rows" not in at_ada.get(address).text


def saved_as_text(book, path):
    """The first sheet of a workbook as CSV, as programs save it."""
    rows = book["June"].iter_rows(values_only=True)
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows(rows)
    return path


def test_a_workbook_that_has_lost_its_mark_says_so_wherever_it_is_uploaded(parent, download, at_ada, upload, tmp_path):
    path = saved_as_text(download(parent), tmp_path / "hours errors.csv")
    for template_id in (1, None):
        page = at_ada.get(upload(at_ada, path, template_id=template_id).location).text
        assert "these look like rows that an import has rejected" in page


def test_a_workbook_of_ones_own_is_not_taken_for_one_that_lost_its_mark(at_ada, upload, tmp_path):
    path = workbook(tmp_path / "own.xlsx", [("Row", "Name", "Problems"), (1, "Ada", "none")])
    assert "look like rows that an import has rejected" not in at_ada.get(upload(at_ada, path).location).text
