"""`bin/flask imports …`, as scripts call it."""

import json

import pytest
from sqlalchemy import func, select

from tests.sheets.workbooks import workbook
from webapp.datasets.models import DatasetRow
from webapp.db import reading, writing
from webapp.extensions import kernel
from webapp.imports import outcomes
from webapp.imports.jobs import uploads_folder
from webapp.imports.mapping import service as mapping
from webapp.imports.models import ImportTemplate
from webapp.sheets import inspect_workbook


@pytest.fixture
def call(app, cast):
    """Calls a command; answers its exit code and the one object that it prints."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["imports", *map(str, arguments)], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


@pytest.fixture
def template(call, hours):
    code, _ = call("template-from", hours, "--name", "Hours", "--key", "Entry no", "--json")
    assert code == 0


def test_a_template_is_made_from_a_workbook(call, hours):
    code, printed = call("template-from", hours, "--name", "Hours", "--key", "Entry no", "--json")
    assert code == 0
    assert (printed["template_id"], printed["dataset"]) == (1, "Hours")
    assert printed["columns"][0] == {
        "header": "Entry no", "field": "entry_no", "type": "text", "required": True, "key": True
    }  # fmt: skip


def test_the_report_of_a_file_says_what_is_in_it(call, tmp_path):
    path = workbook(tmp_path / "a.xlsx", [("Name", "Hours"), ("Ada", "7.5")])
    code, printed = call("report", path, "--json")
    assert (code, printed["kind"], printed["rows"]) == (0, "an Excel workbook (.xlsx)", 1)
    assert [(found["code"], found["first"]) for found in printed["findings"][1:]] == [("numbers_as_text", "Sheet1!B2")]
    assert "1 number is stored as text at Sheet1!B2." in call("report", path)[1]


def test_the_report_of_what_is_no_workbook_is_its_refusal(call, tmp_path):
    (tmp_path / "a.xlsx").write_bytes(b"%PDF-1.7")
    code, printed = call("report", tmp_path / "a.xlsx", "--json")
    assert code == 1
    assert "a PDF document" in printed["error_message"]


def test_a_key_that_no_column_has_is_refused_and_the_columns_are_named(call, hours):
    code, printed = call("template-from", hours, "--name", "Hours", "--key", "Number", "--json")
    assert code == 1
    assert "no column called “Number”" in printed
    assert "Entry no" in printed


def test_a_sheet_that_is_not_there_is_refused(call, hours):
    code, printed = call("template-from", hours, "--name", "Hours", "--sheet", "July", "--json")
    assert code == 1
    assert "July" in printed


def test_a_name_that_is_taken_is_refused(call, template, hours):
    code, printed = call("template-from", hours, "--name", "Hours", "--json")
    assert code == 1
    assert "already" in printed


def test_an_import_is_on_its_way_at_once(call, template, hours, app):
    code, printed = call("run", hours, "--template", "Hours", "--owner", "mia@example.org", "--json")
    assert (code, printed["status"]) == (0, "pending")
    with app.app_context():
        assert kernel.run(printed["job_id"])
        assert kernel.find(printed["job_id"]).processed == 3_000


def test_a_refused_file_says_failed_and_why(call, template, tmp_path):
    path = tmp_path / "hours.xlsx"
    path.write_bytes(b"%PDF-1.7")
    code, printed = call("run", path, "--template", "Hours", "--owner", "mia@example.org", "--json")
    assert (code, printed["status"], printed["job_id"]) == (1, "failed", None)
    assert "a PDF document" in printed["error_message"]


def test_a_workbook_without_the_key_says_which_column_is_missing(call, template, tmp_path):
    path = workbook(tmp_path / "other.xlsx", [("Name", "Hours"), ("Ada", 1)])
    code, printed = call("run", path, "--template", "Hours", "--owner", "mia@example.org", "--json")
    assert (code, printed["status"]) == (1, "failed")
    assert "Entry no" in printed["error_message"]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--template", "Minutes", "--owner", "mia@example.org"), "Minutes"),
        (("--template", "Hours", "--owner", "nobody@example.org"), "nobody@example.org"),
        (("--template", "Hours", "--owner", "otto@example.org"), "Hours"),
    ],
)
def test_an_unknown_template_or_owner_is_named(call, template, hours, options, said):
    code, printed = call("run", hours, *options, "--json")
    assert (code, printed["status"]) == (1, "failed")
    assert said in printed["error_message"]


def test_wrong_usage_exits_with_2(call, hours):
    assert call("run", hours)[0] == 2
    assert call("run", "nowhere.xlsx", "--template", "Hours", "--owner", "mia@example.org")[0] == 2


def test_what_was_rejected_is_written_where_it_is_wanted_and_an_import_is_undone(
    call, template, worker, hours, tmp_path
):
    target = tmp_path / "errors.xlsx"
    who = "--owner", "ada@example.org"
    code, run = call("run", hours, "--template", "Hours", *who, "--errors-to", target, "--json")
    assert (code, run["rejected"], run["error_workbook"]) == (0, 30, str(target))
    code, errors = call("errors", run["job_id"], "--to", tmp_path / "again.xlsx", "--json")
    assert (code, errors["rows"]) == (0, 30)
    code, undone = call("undo", run["job_id"], "--wait", "--json")
    assert (code, undone["removed"], undone["restored"], undone["kept"]) == (0, 2_970, 0, 0)
    code, again = call("undo", run["job_id"], "--json")
    assert (code, again["status"]) == (1, "failed")
    assert "has been undone already" in again["error_message"]


def test_errors_of_an_import_without_any_and_of_no_import_are_sentences(call, template, worker, tmp_path):
    path = workbook(tmp_path / "good.xlsx", [("Entry no", "Hours"), ("E1", 1.5)])
    _, run = call("run", path, "--template", "Hours", "--owner", "ada@example.org", "--wait", "--json")
    code, said = call("errors", run["job_id"], "--to", tmp_path / "errors.xlsx")
    assert (code, "No rejected rows are kept" in said) == (1, True)
    assert not (tmp_path / "errors.xlsx").exists()
    code, said = call("undo", "0" * 16)
    assert (code, "There is no job" in said) == (1, True)


def test_a_template_may_be_for_a_built_in_table(call, tmp_path):
    book = workbook(tmp_path / "a.xlsx", [("Kundennummer", "Firma"), ("C-1", "Ropeworks")])
    code, printed = call("template-from", book, "--name", "Kunden", "--target", "customers", "--json")
    assert code == 0
    assert (printed["target"], printed["dataset"]) == ("customers", None)
    assert [column["field"] for column in printed["columns"] if column["key"]] == ["number"]


def test_a_table_or_a_campaign_that_there_is_not_is_named(call, tmp_path):
    book = workbook(tmp_path / "a.xlsx", [("E-mail", "Name"), ("ada@example.org", "Ada")])
    for target, said in (("herrings", "Imports into herrings are not possible"), ("recipients", "no such campaign")):
        code, printed = call("template-from", book, "--name", "New", "--target", target, "--into", "None")
        assert code == 1
        assert said in printed


def test_an_import_of_all_or_nothing_fails_with_the_groups_of_its_problems(call, template, hours, app):
    options = ("--template", "Hours", "--owner", "mia@example.org", "--mode", "all-or-nothing", "--json")
    _, printed = call("run", hours, *options)
    with app.app_context():
        assert kernel.run(printed["job_id"])
        job = kernel.find(printed["job_id"])
        facts = outcomes.outcome_of(job)
    assert (facts["status"], facts["inserted"], facts["rejected"]) == ("failed", 0, 30)
    assert facts["error_message"].startswith("Nothing was imported: of 3,000 rows that were read, 30 cannot be taken")
    assert [(group["header"], group["count"], group["first_row"]) for group in facts["groups"]] == [("Hours", 30, 101)]


def test_a_workbook_that_was_imported_before_is_told_and_imported_again(call, template, hours, app):
    options = ("run", hours, "--template", "Hours", "--owner", "mia@example.org", "--json")
    first = call(*options)[1]
    assert first["already_imported"] is None
    assert call(*options)[1]["already_imported"] is None, "the first has not been imported yet"
    with app.app_context():
        assert kernel.run(first["job_id"])
    again = call(*options)[1]
    assert (again["status"], again["already_imported"]) == ("pending", first["job_id"])


def test_more_workbooks_than_a_person_may_keep_are_refused_and_leave_nothing(call, template, hours, app):
    app.config["QUOTA_MB"] = 0
    code, printed = call("run", hours, "--template", "Hours", "--owner", "mia@example.org", "--json")
    assert (code, printed["status"]) == (1, "failed")
    assert "take 0 MB of the 0 MB that a person has" in printed["error_message"]
    with app.app_context():
        assert list(uploads_folder().iterdir()) == []


def test_a_dry_run_says_what_an_import_would_do_and_writes_nothing(call, template, hours, app):
    options = ("--template", "Hours", "--owner", "mia@example.org", "--dry-run", "--json")
    _, printed = call("run", hours, *options)
    with app.app_context():
        assert kernel.run(printed["job_id"])
        facts = outcomes.outcome_of(kernel.find(printed["job_id"]))
        with reading() as session:
            assert session.scalar(select(func.count()).select_from(DatasetRow)) == 0
    assert (facts["status"], facts["dry_run"], facts["inserted"], facts["rejected"]) == ("completed", True, 2_970, 30)
    assert [group["count"] for group in facts["groups"]] == [30]


def test_a_mapping_says_which_column_becomes_which_field(call, template, hours, app, tmp_path):
    file = tmp_path / "mapping.json"
    file.write_text(json.dumps({"Note": "name", "Name": None}))
    options = ("--template", "Hours", "--owner", "mia@example.org", "--mapping", file, "--json")
    _, printed = call("run", hours, *options)
    with app.app_context():
        assert kernel.run(printed["job_id"])
        with reading() as session:
            values = json.loads(session.scalars(select(DatasetRow.data).limit(1)).one())
    assert (values["name"], values["note"]) == ("Site visit", None)


def test_what_was_decided_about_a_header_before_holds_for_commands_too(call, template, hours, app):
    with app.app_context(), writing() as session:
        found = session.scalars(select(ImportTemplate)).one()
        header = inspect_workbook(hours).header
        decided = mapping.propose(found.columns, header).mapping | {"Note": "name", "Name": None}
        mapping.remember(session, found.id, header, decided, found.created_at)
    _, printed = call("run", hours, "--template", "Hours", "--owner", "mia@example.org", "--json")
    with app.app_context():
        assert kernel.run(printed["job_id"])
        with reading() as session:
            values = json.loads(session.scalars(select(DatasetRow.data).limit(1)).one())
    assert (values["name"], values["note"]) == ("Site visit", None)


def test_a_mapping_that_is_no_object_is_wrong_usage(call, template, hours, tmp_path):
    file = tmp_path / "mapping.json"
    file.write_text("[1]")
    code, _ = call("run", hours, "--template", "Hours", "--owner", "mia@example.org", "--mapping", file)
    assert code == 2
