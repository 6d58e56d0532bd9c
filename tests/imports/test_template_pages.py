"""The pages of templates: the editor with and without script, versions, blank workbooks, deletion, matching columns."""

import pytest

from tests.imports.conftest import fields_of
from tests.sheets.workbooks import workbook


@pytest.fixture
def made(at_ada, imported, small):
    """The address of a template with a dataset of four rows, whose key is the code."""
    address, _ = imported(at_ada, small, name="Hours", **{"columns-2-type": "decimal", "columns-0-key": "y"})
    return address.rsplit("/jobs/", 1)[0]


@pytest.fixture
def odd(tmp_path):
    """A workbook of the kind, with other headers, below a title."""
    rows = [("Hours of May",), ("Number", "Name", "Worked", "Weather"), ("A9", "Ada", 1, "fair")]
    return workbook(tmp_path / "odd.xlsx", rows, sheet="May")


def edited(client, address, **changes):
    fields = fields_of(client.get(f"{address}/edit").text)
    return client.post(f"{address}/edit", data=fields | changes)


class TestEditor:
    """The editor of a template."""

    def test_saving_makes_the_next_version_and_says_what_follows(self, at_ada, made):
        wider = fields_of(edited(at_ada, made, change="add").text)
        changes = {"columns-2-maximum": "24", "columns-3-header": "Note"}
        answer = at_ada.post(f"{made}/edit", data=wider | changes)
        assert answer.status_code == 303
        page = at_ada.get(answer.location).text
        assert "Version 2 is saved" in page
        assert "has note now; rows that are there already have it blank" in page
        assert "At most 24." in page

    def test_what_is_wrong_is_said_first_and_at_its_field_and_what_was_typed_is_kept(self, at_ada, made):
        answer = edited(
            at_ada, made, **{"columns-2-minimum": "25", "columns-2-maximum": "24", "columns-1-header": "Kept"}
        )
        assert answer.status_code == 422
        assert '<a href="#columns-2-minimum">Hours: The minimum 25 is above the maximum 24.</a>' in answer.text
        assert 'aria-describedby="columns-2-minimum-hint columns-2-minimum-error"' in answer.text
        assert 'value="Kept"' in answer.text
        assert "<title>Error: " in answer.text

    @pytest.mark.parametrize(
        ("typed", "sentence"),
        [
            ({"most_rejected": "many"}, "Give a whole number."),
            ({"columns-1-replacements": "N/A"}, "“N/A” lacks its sign"),
            ({"columns-2-type": "text"}, "hours is of the type “Number”, not “Text”"),
            ({"columns-1-key": "y"}, "are told apart by Code"),
            ({"name": " "}, "Give the template a name."),
        ],
    )
    def test_what_cannot_be_is_refused_in_a_sentence(self, at_ada, made, typed, sentence):
        answer = edited(at_ada, made, **typed)
        assert answer.status_code == 422
        assert sentence in answer.text

    def test_of_two_people_at_work_the_second_is_told_and_may_save_again(self, at_ada, made):
        fields = fields_of(at_ada.get(f"{made}/edit").text)
        edited(at_ada, made, existing="skip")
        late = at_ada.post(f"{made}/edit", data=fields | {"existing": "update"})
        assert late.status_code == 422
        assert "Somebody saved version 2 of this template" in late.text
        again = at_ada.post(f"{made}/edit", data=fields_of(late.text))
        assert again.status_code == 303
        assert "Version 3 is saved" in at_ada.get(again.location).text

    @pytest.mark.parametrize(
        ("change", "headers", "focus"),
        [
            ("add", ["Code", "Name", "Typed", ""], "columns-3-header"),
            ("remove-1", ["Code", "Typed"], "columns-1-header"),
            ("up-2", ["Code", "Typed", "Name"], "up-1"),
            ("up-1", ["Name", "Code", "Typed"], "down-0"),
            ("down-0", ["Name", "Code", "Typed"], "down-1"),
            ("up-0", ["Code", "Name", "Typed"], "columns-0-header"),
            ("down-9", ["Code", "Name", "Typed"], "add-column"),
        ],
    )
    def test_columns_are_added_removed_and_moved_without_script(self, at_ada, made, change, headers, focus):
        answer = edited(at_ada, made, **{"columns-2-header": "Typed", "change": change})
        assert answer.status_code == 200
        fields = fields_of(answer.text)
        assert [fields[f"columns-{place}-header"] for place in range(len(headers))] == headers
        assert f"columns-{len(headers)}-header" not in fields
        tag = next(tag for tag in answer.text.split("<") if " autofocus" in tag)
        assert f'id="{focus}"' in tag
        assert "Version 1" in at_ada.get(made).text

    def test_with_script_only_the_columns_come_back(self, at_ada, made):
        fields = fields_of(at_ada.get(f"{made}/edit").text) | {"change": "add"}
        answer = at_ada.post(f"{made}/edit", data=fields, headers={"HX-Request": "true"})
        assert answer.text.startswith('<fieldset class="plain column-list" id="columns"')

    def test_a_template_is_made_from_nothing(self, at_ada):
        fields = fields_of(at_ada.get("/import-templates/new-by-hand").text)
        answer = at_ada.post(
            "/import-templates/new-by-hand", data=fields | {"name": "Visits", "columns-0-header": "Day"}
        )
        assert answer.status_code == 303
        assert "The template Visits is ready." in at_ada.get(answer.location).text

    def test_nothing_makes_no_template(self, at_ada):
        fields = fields_of(at_ada.get("/import-templates/new-by-hand").text)
        answer = at_ada.post("/import-templates/new-by-hand", data=fields)
        assert answer.status_code == 422
        assert "Give the template a name." in answer.text
        assert "Column 1: Say what the column is called in workbooks." in answer.text


def test_versions_say_what_each_changed(at_ada, made):
    edited(at_ada, made, existing="skip")
    page = at_ada.get(f"{made}/versions").text
    assert page.index("Version 2") < page.index("Version 1")
    assert "Add new rows, leave known ones as they are" in page
    assert "Imports use version 2 now." in at_ada.get(f"{made}/versions/1").text
    assert at_ada.get(f"{made}/versions/3").status_code == 404


def test_an_import_leads_to_the_version_that_it_ran_under(at_ada, imported, small):
    address, _ = imported(at_ada, small, name="Hours", **{"columns-0-key": "y"})
    template = address.rsplit("/jobs/", 1)[0]
    edited(at_ada, template, existing="skip")
    assert f'href="{template}/versions/1"' in at_ada.get(address).text


def test_a_blank_workbook_is_downloaded(at_ada, made):
    answer = at_ada.get(f"{made}/blank.xlsx")
    assert answer.headers["Content-Disposition"] == "attachment; filename=Hours.xlsx"
    assert answer.data.startswith(b"PK")


class TestDeletion:
    """A template is deleted after a question."""

    def test_it_is_asked_for_first_and_says_what_goes_and_what_stays(self, at_ada, made):
        page = at_ada.get(f"{made}/deletion").text
        assert "Delete the template Hours?" in page
        assert "The dataset small with all its rows; 1 import with its pages" in page

    def test_it_goes_and_what_it_imported_stays(self, at_ada, imported, small):
        address, _ = imported(at_ada, small, name="Hours", **{"columns-0-key": "y"})
        template = address.rsplit("/jobs/", 1)[0]
        answer = at_ada.submit(f"{template}/deletion", page=f"{template}/deletion")
        assert answer.status_code == 303
        assert at_ada.get(template).status_code == 404
        assert "5 rows imported" in at_ada.get(address).text
        assert at_ada.get("/datasets/1").status_code == 200

    def test_it_waits_for_the_end_of_an_import(self, at_ada, made, upload, small):
        upload(at_ada, small, template_id=1)
        answer = at_ada.submit(f"{made}/deletion", page=f"{made}/deletion")
        assert answer.status_code == 422
        assert "An import by this template is under way." in answer.text
        assert at_ada.get(made).status_code == 200


class TestMatching:
    """The columns of a workbook that the template does not know by name."""

    def test_they_are_asked_about_once_and_then_known(self, at_ada, made, upload, run, odd):
        address = upload(at_ada, odd, template_id=1).location
        page = at_ada.get(address).text
        assert "Match the columns" in page
        assert "must be filled, and no column of the workbook is called so" in page
        chosen = {"uses-0-becomes": "code", "uses-2-becomes": "hours"}
        answer = at_ada.post(address, data=fields_of(page) | chosen)
        assert answer.status_code == 303
        assert run(answer.location).outcome == "1 row imported: 1 new."
        again = upload(at_ada, odd, template_id=1).location
        assert run(again).outcome == "1 row imported: 1 unchanged."

    def test_the_same_decisions_can_be_checked_first(self, at_ada, made, upload, odd):
        address = upload(at_ada, odd, template_id=1).location
        fields = fields_of(at_ada.get(address).text) | {"uses-0-becomes": "code", "intent": "check"}
        assert "/check" in at_ada.post(address, data=fields).location

    def test_without_what_every_row_needs_nothing_starts(self, at_ada, made, upload, odd):
        address = upload(at_ada, odd, template_id=1).location
        answer = at_ada.post(address, data=fields_of(at_ada.get(address).text))
        assert answer.status_code == 422
        assert "No column becomes Code, which every row needs." in answer.text

    def test_two_columns_do_not_become_one_field(self, at_ada, made, upload, odd):
        address = upload(at_ada, odd, template_id=1).location
        chosen = {"uses-0-becomes": "code", "uses-2-becomes": "code"}
        answer = at_ada.post(address, data=fields_of(at_ada.get(address).text) | chosen)
        assert answer.status_code == 422
        assert "“Number” becomes Code already. Leave one of them out." in answer.text

    def test_another_row_is_read_as_the_header(self, at_ada, made, upload, odd):
        address = upload(at_ada, odd, template_id=1).location
        page = at_ada.get(f"{address}&sheet=May&row=1").text
        assert "Hours of May" in page
        assert "What Hours of May becomes" in page

    def test_a_sheet_that_is_not_there_is_refused_in_a_sentence(self, at_ada, made, upload, odd):
        address = upload(at_ada, odd, template_id=1).location
        answer = at_ada.get(f"{address}&sheet=June")
        assert answer.status_code == 422
        assert "no visible sheet “June”" in answer.text
        assert "Match the columns" in answer.text

    def test_a_workbook_that_cannot_be_read_any_more_is_refused_whatever_sheet_is_asked_for(
        self, app, at_ada, made, upload, odd
    ):
        address = upload(at_ada, odd, template_id=1).location
        for stored in (app.config["INSTANCE_DIR"] / "uploads").iterdir():
            stored.write_bytes(b"%PDF-1.7")
        answer = at_ada.get(f"{address}&sheet=May&row=1")
        assert answer.status_code == 422
        assert "This is a PDF document, not a workbook." in answer.text
        assert "Import another workbook" in answer.text

    def test_a_form_sent_again_leads_to_its_job(self, at_ada, made, upload, run, odd):
        address = upload(at_ada, odd, template_id=1).location
        fields = fields_of(at_ada.get(address).text) | {"uses-0-becomes": "code"}
        first = at_ada.post(address, data=fields).location
        run(first)
        assert at_ada.post(address, data=fields).location == first

    def test_a_column_that_was_left_out_at_first_is_not_asked_about(self, at_ada, imported, upload, run, small):
        imported(at_ada, small, **{"columns-0-key": "y", "columns-1-keep": ""})
        assert run(upload(at_ada, small, template_id=1).location).outcome == "5 rows imported: 5 unchanged."
