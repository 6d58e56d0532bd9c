"""The way through the pages: choose a workbook, check its columns, read what came of it."""

import pytest
from sqlalchemy import select

from tests.imports.conftest import fields_of
from tests.sheets.workbooks import workbook
from webapp.datasets.models import DatasetRow
from webapp.db import reading


def test_a_new_workbook_is_shown_with_its_columns_proposed(at_ada, upload, small):
    answer = upload(at_ada, small)
    assert answer.status_code == 303
    page = at_ada.get(answer.location).text
    fields = fields_of(page)
    assert fields["columns-2-header"] == "Hours"
    assert fields["name"] == "small"
    assert "Import 5 rows" in page


def test_confirming_starts_the_import_and_leads_to_its_page(at_ada, imported, small):
    address, job = imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    assert address == f"/import-templates/1/jobs/{job.id}"
    assert job.outcome == "4 of 5 rows imported: 4 new. 1 was rejected."
    page = at_ada.get(address).text
    assert "4 of 5 rows imported" in page
    assert "many" in page


def test_a_page_of_rejected_rows_says_where_and_why(at_ada, imported, small):
    address, _ = imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    page = at_ada.get(f"{address}/rejected").text
    assert "many" in page
    assert ">5<" in page


def test_the_next_workbook_of_the_kind_is_imported_at_once(at_ada, imported, upload, run, small):
    imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    answer = upload(at_ada, small, template_id=1)
    assert answer.status_code == 303
    assert run(answer.location).outcome == "4 of 5 rows imported: 4 unchanged. 1 was rejected."


def test_what_is_in_the_file_is_said_before_anything_is_imported(at_ada, upload, tmp_path):
    path = tmp_path / "hours.xlsx"
    path.write_bytes("Name;Größe\nÅsa;1,5\n".encode("cp1252"))
    page = at_ada.get(upload(at_ada, path).location).text
    assert "What is in this file" in page
    assert "This is a text file, written in Windows-1252, with semicolons between its cells." in page


@pytest.mark.parametrize("into_id", ["5", "", "²", "9" * 25])
def test_a_table_without_parts_has_no_template_for_one(at_ada, into_id):
    answer = at_ada.submit(f"/import-templates/ready/customers?into_id={into_id}", "/import-templates/new")
    assert answer.status_code == 404


@pytest.mark.parametrize("page", ["import", "check", "template", "export", "dataset", "campaign"])
def test_a_poll_about_what_is_no_number_finds_nothing(at_ada, page):
    assert at_ada.get("/live", query_string={"page": page, "subject": "²"}).status_code == 404


def test_a_form_without_a_file_says_so(at_ada):
    answer = at_ada.submit("/uploads", page="/import-templates/new")
    assert answer.status_code == 422
    assert "Choose a workbook first." in answer.text


def test_equal_submits_of_one_form_make_one_job(at_ada, upload, small, app):
    proposal = upload(at_ada, small).location
    fields = fields_of(at_ada.get(proposal).text)
    addresses = {at_ada.post(proposal, data=fields).location for _ in range(5)}
    assert len(addresses) == 1


def test_a_form_sent_again_after_the_import_leads_to_its_job(at_ada, upload, run, small):
    proposal = upload(at_ada, small).location
    fields = fields_of(at_ada.get(proposal).text)
    first = at_ada.post(proposal, data=fields).location
    run(first)
    assert at_ada.post(proposal, data=fields).location == first


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Give the template a name."),
        ({"dataset": ""}, "Give the dataset a name."),
        ({"columns-1-field": "code"}, "“Code” becomes the field code already."),
        ({"columns-1-field": "Full name"}, "Use small letters"),
        ({"columns-1-type": "colour"}, "Not a valid choice"),
    ],
)
def test_a_wrong_form_says_what_is_wrong_and_keeps_what_was_typed(at_ada, upload, small, changes, sentence):
    proposal = upload(at_ada, small).location
    fields = fields_of(at_ada.get(proposal).text) | {"columns-2-field": "kept_words"} | changes
    answer = at_ada.post(proposal, data=fields)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "kept_words" in answer.text


def test_all_that_is_wrong_with_a_form_is_said_at_once(at_ada, upload, small):
    proposal = upload(at_ada, small).location
    wrong = {"name": " ", "dataset": "", "columns-0-field": "x" * 64, "columns-1-field": "Full name"}
    wrong |= {"columns-2-type": "colour", "columns-2-replacements": "lacks its sign"}
    answer = at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text) | wrong)
    assert answer.status_code == 422
    sentences = ("Give the template a name.", "Give the dataset a name.", "longer than 63", "Use small letters")
    for sentence in (*sentences, "Not a valid choice", "“lacks its sign” lacks its sign"):
        assert sentence in answer.text
    for field in ("name", "dataset", "columns-0-field", "columns-1-field", "columns-2-type", "columns-2-replacements"):
        assert f'<li><a href="#{field}">' in answer.text


def test_a_form_without_a_column_and_without_a_name_says_both(at_ada, upload, small):
    proposal = upload(at_ada, small).location
    fields = fields_of(at_ada.get(proposal).text)
    chosen = {name: value for name, value in fields.items() if not name.endswith("-keep")}
    answer = at_ada.post(proposal, data=chosen | {"name": ""})
    assert answer.status_code == 422
    assert "Give the template a name." in answer.text
    assert "Give the template at least one column." in answer.text


def test_a_name_that_is_taken_is_refused_at_its_field(at_ada, imported, upload, small):
    imported(at_ada, small, name="Hours")
    proposal = upload(at_ada, small).location
    answer = at_ada.post(proposal, data=fields_of(at_ada.get(proposal).text) | {"name": "Hours", "dataset": "Other"})
    assert answer.status_code == 422
    assert "There is a template called “Hours” already." in answer.text.replace("&#34;", '"')


class TestOthers:
    """What other people see of an import: nothing, and not that it exists."""

    @pytest.fixture
    def address(self, at_ada, imported, small):
        return imported(at_ada, small, name="Canary", dataset="Canary rows")[0]

    @pytest.fixture
    def at_otto(self, app, cast, sign_in):
        return sign_in(app.test_client(), cast.otto)

    @pytest.fixture
    def at_mia(self, app, cast, sign_in):
        return sign_in(app.test_client(), cast.mia)

    @pytest.mark.parametrize(
        "path", ["{address}", "{address}/rejected", "/jobs/{job_id}", "/import-templates/1", "/datasets/1"]
    )
    def test_another_organization_gets_the_very_answer_of_what_is_not_there(self, at_otto, address, path):
        job_id = address.rsplit("/", 1)[1]
        there = at_otto.get(path.format(address=address, job_id=job_id))
        missing = at_otto.get(
            path.format(address=f"/import-templates/9/jobs/{'0' * 16}", job_id="0" * 16).replace("/1", "/9")
        )
        assert there.status_code == missing.status_code == 404
        assert "Canary" not in there.text

    def test_another_organization_cannot_cancel(self, at_otto, address):
        answer = at_otto.submit(f"/jobs/{address.rsplit('/', 1)[1]}/cancellation", page="/jobs")
        assert answer.status_code == 404

    def test_another_organization_cannot_poll(self, at_otto, address):
        subject = address.removeprefix("/import-templates/").replace("/jobs/", ".")
        assert at_otto.get(f"/live?v=&page=import&subject={subject}").status_code == 404

    def test_another_organization_lists_nothing(self, at_otto, address):
        for path in ("/import-templates", "/datasets", "/jobs", "/live?v="):
            assert "Canary" not in at_otto.get(path).text

    def test_a_colleague_shares_templates_and_datasets_but_not_jobs(self, at_mia, address):
        assert at_mia.get("/import-templates/1").status_code == 200
        assert at_mia.get("/datasets/1").status_code == 200
        assert at_mia.get(address).status_code == 404

    def test_an_admin_sees_the_jobs_of_the_organization(self, app, cast, at_ada, at_mia, imported, small):
        address, _ = imported(at_mia, small, name="Mia's")
        assert at_ada.get(address).status_code == 200


def test_sheet_and_header_row_of_a_new_workbook_can_be_chosen(at_ada, upload, run, tmp_path):
    rows = [("Hours of May", "of", "2026"), ("Code", "Name", "Hours"), ("A1", "Ada", 1)]
    address = upload(at_ada, workbook(tmp_path / "may.xlsx", rows, sheet="May")).location
    chosen = f"{address}?sheet=May&row=2"
    fields = fields_of(at_ada.get(chosen).text)
    assert [fields[f"columns-{place}-header"] for place in range(3)] == ["Code", "Name", "Hours"]
    answer = at_ada.post(chosen, data=fields)
    assert run(answer.location).outcome == "1 row imported: 1 new."


def test_the_next_workbook_is_read_below_the_row_that_the_template_knows(
    at_ada, imported, upload, run, small, tmp_path
):
    imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    rows = [("Hours of May", "of", "2026"), ("Code", "Name", "Hours"), ("A9", "Ada", 1)]
    answer = upload(at_ada, workbook(tmp_path / "may.xlsx", rows, sheet="May"), template_id=1)
    assert run(answer.location).outcome == "1 row imported: 1 new."


def test_a_row_that_is_no_header_is_refused_with_a_sentence_and_the_choice_stays(at_ada, upload, small):
    address = upload(at_ada, small).location
    answer = at_ada.get(f"{address}?sheet=Hours&row=900")
    assert answer.status_code == 422
    assert "There is a problem" in answer.text
    assert "Read again" in answer.text


def test_fields_that_a_workbook_says_nothing_of_stay_as_they_are(at_ada, imported, upload, run, small, tmp_path, app):
    imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    rows = [("Code", "Hours"), ("A1", 9), ("A3", 3), ("A9", 1)]
    answer = upload(at_ada, workbook(tmp_path / "hours-only.xlsx", rows, sheet="Hours"), template_id=1)
    assert run(answer.location).outcome == "3 rows imported: 1 new, 1 updated, 1 unchanged."
    with app.app_context(), reading() as session:
        data = {row.key: row.data for row in session.scalars(select(DatasetRow))}
    assert data['["A1"]'] == '{"code":"A1","name":"Ada","hours":9}'
    assert data['["A9"]'] == '{"code":"A9","name":null,"hours":1}'


def test_two_templates_of_one_dataset_leave_each_other_s_fields_alone(at_ada, imported, small, tmp_path, app):
    imported(at_ada, small, **{"columns-2-type": "decimal", "columns-0-key": "y"})
    rows = [("Hours", "Code"), (1, "A1"), (7, "A2")]
    other = workbook(tmp_path / "other.xlsx", rows, sheet="Hours")
    changes = {"name": "Other", "dataset": "small", "columns-1-key": "y", "columns-0-type": "decimal"}
    _, job = imported(at_ada, other, **changes)
    assert job.outcome == "2 rows imported: 1 updated, 1 unchanged."
    with app.app_context(), reading() as session:
        data = {row.key: row.data for row in session.scalars(select(DatasetRow))}
    assert data['["A2"]'] == '{"code":"A2","name":"Max","hours":7}'


def test_a_workbook_without_rows_makes_a_template_and_offers_no_import(at_ada, upload, imported, small, tmp_path):
    page = at_ada.get(upload(at_ada, workbook(tmp_path / "empty.xlsx", [["Name", "Hours"]])).location).text
    assert "Make the template, without rows" in page
    assert "Check first" not in page
    imported(at_ada, small)
    other = workbook(tmp_path / "other.xlsx", [["Something", "Else"]])
    page = at_ada.get(upload(at_ada, other, template_id=1).location).text
    assert "There is no row below the header" in page
    assert "import-button" not in page
