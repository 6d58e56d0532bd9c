"""Templates: edited in versions, their datasets following; deleted without taking what they imported (B1, B24)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from webapp.datasets import service as datasets
from webapp.datasets.models import DatasetRow
from webapp.datasets.service import FieldTypeDiffers
from webapp.db import reading, writing
from webapp.imports.errors import FieldNotInTable, KeyFixed, TemplateChanged, TemplateNameTaken
from webapp.imports.models import ImportTemplate
from webapp.imports.targets import tables
from webapp.imports.templates import editing, ready_made, removal
from webapp.imports.templates import service as templates
from webapp.imports.templates.columns import TemplateColumn
from webapp.imports.templates.differences import differences
from webapp.imports.templates.drafts import Draft, troubles_of

pytestmark = [pytest.mark.every_database, pytest.mark.usefixtures("context")]

NOW = datetime(2026, 11, 22, tzinfo=UTC)
CODE = TemplateColumn("Code", "code", key=True)
DATE = TemplateColumn("On", "worked_on", "date", key=True)
HOURS = TemplateColumn("Hours", "hours", "decimal")
DRAFT = Draft("Hours", [CODE, HOURS])


@pytest.fixture
def make(cast):
    """Makes a template that says what a draft says; answers its id."""

    def make(draft=DRAFT):
        with writing() as session:
            organization_id = cast.ada.organization_id
            return templates.create_from(
                session, draft, organization_id=organization_id, created_by=cast.ada.id, dataset=draft.name, at=NOW
            ).id

    return make


@pytest.fixture
def edit(cast):
    """Edits a template, from its first version on unless told otherwise."""

    def edit(template_id, draft, started_from=1):
        with writing() as session:
            return editing.edit(session, template_id, draft, started_from=started_from, edited_by=cast.ada.id, at=NOW)

    return edit


def template_of(template_id):
    with reading() as session:
        return session.get_one(ImportTemplate, template_id)


def fill(template_id):
    with writing() as session:
        dataset_id = session.get_one(ImportTemplate, template_id).dataset_id
        stamps = {"created_at": NOW, "updated_at": NOW}
        session.add(DatasetRow(dataset_id=dataset_id, key='["A1"]', data='{"code":"A1","hours":1}', **stamps))


def said(draft):
    return [(trouble.column, trouble.about) for trouble in troubles_of(draft)]


def test_an_edit_makes_the_next_version_and_leaves_the_one_before_as_it_was(make, edit):
    number = make()
    assert edit(number, replace(DRAFT, existing="skip")).number == 2
    with reading() as session:
        versions = session.get_one(ImportTemplate, number).versions
        assert [(version.number, version.existing) for version in versions] == [(1, "upsert"), (2, "skip")]


def test_an_edit_that_changes_nothing_makes_no_version(make, edit):
    number = make()
    assert not edit(number, DRAFT).is_new
    assert template_of(number).number == 1


def test_a_new_name_alone_makes_no_version(make, edit):
    number = make()
    assert not edit(number, replace(DRAFT, name="Time")).is_new
    assert template_of(number).name == "Time"


def test_of_two_edits_of_one_version_the_second_is_refused(make, edit):
    number = make()
    edit(number, replace(DRAFT, existing="skip"))
    with pytest.raises(TemplateChanged, match="saved version 2"):
        edit(number, replace(DRAFT, existing="update"))
    assert template_of(number).version.existing == "skip"


def test_a_name_that_is_taken_is_refused(make, edit):
    number = make()
    make(replace(DRAFT, name="Other"))
    with pytest.raises(TemplateNameTaken):
        edit(number, replace(DRAFT, name="Other"))


def test_a_new_column_becomes_a_field_that_earlier_rows_have_blank(make, edit):
    number = make()
    fill(number)
    assert edit(number, replace(DRAFT, columns=[CODE, HOURS, TemplateColumn("Note", "note")])).new_fields == ["note"]
    with reading() as session:
        dataset = session.get_one(ImportTemplate, number).dataset
        row = session.scalars(datasets.rows_query(dataset)).one()
        assert datasets.texts_of(row, dataset.columns) == {"code": "A1", "hours": "1", "note": ""}


def test_a_type_that_differs_is_refused_while_there_are_rows(make, edit):
    number = make()
    as_text = replace(DRAFT, columns=[CODE, replace(HOURS, type="text")])
    edit(number, as_text)
    assert [column.type for column in template_of(number).dataset.columns] == ["text", "text"]
    fill(number)
    with pytest.raises(FieldTypeDiffers):
        edit(number, DRAFT, started_from=2)


def test_a_renamed_column_keeps_its_field_and_the_dataset_s_header_follows(make, edit):
    number = make()
    fill(number)
    edit(number, replace(DRAFT, columns=[CODE, replace(HOURS, header="Worked")]))
    columns = template_of(number).dataset.columns
    assert [(column.field, column.header) for column in columns] == [("code", "Code"), ("hours", "Worked")]


@pytest.mark.parametrize("key", [[replace(CODE, key=False), HOURS], [CODE, replace(HOURS, key=True)]])
def test_the_key_stays_while_there_are_rows(make, edit, key):
    number = make()
    edit(number, replace(DRAFT, columns=key))
    edit(number, DRAFT, started_from=2)
    fill(number)
    with pytest.raises(KeyFixed, match="told apart by Code"):
        edit(number, replace(DRAFT, columns=key), started_from=3)


def test_columns_of_the_key_keep_their_order_while_there_are_rows(make, edit):
    number = make(replace(DRAFT, columns=[CODE, DATE, HOURS]))
    fill(number)
    with pytest.raises(KeyFixed, match="told apart by Code, then On"):
        edit(number, replace(DRAFT, columns=[DATE, CODE, HOURS]))
    assert edit(number, replace(DRAFT, columns=[HOURS, CODE, DATE])).is_new


@pytest.mark.parametrize(
    ("draft", "expected"),
    [
        (replace(DRAFT, name=""), [(None, "name")]),
        (replace(DRAFT, columns=[]), [(None, "columns")]),
        (replace(DRAFT, columns=[HOURS], existing="skip"), [(None, "existing")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, field="code")]), [(1, "field")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, field="Hours!")]), [(1, "field")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, header=" CODE ")]), [(1, "header")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, aliases=("code",))]), [(1, "aliases")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, minimum="9", maximum="1")]), [(1, "minimum")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, default="many")]), [(1, "default")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, default="3", maximum="2")]), [(1, "default")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, type="choice")]), [(1, "choices")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, pattern="x")]), [(1, "pattern")]),
        (replace(DRAFT, columns=[CODE, replace(HOURS, type="colour")]), [(1, "type")]),
        (DRAFT, []),
    ],
)
def test_what_is_wrong_is_said_at_the_part_that_is_wrong(draft, expected):
    assert said(draft) == expected


def test_differences_name_each_part_that_was_changed():
    note = TemplateColumn("Note", "note")
    now = replace(DRAFT, existing="skip", columns=[replace(HOURS, maximum="24"), replace(CODE, header="No."), note])
    before = replace(DRAFT, columns=[CODE, HOURS, TemplateColumn("Old", "old")])
    assert [(each.column, each.part) for each in differences(before, now)] == [
        (None, "Rows that are there already"),
        ("Hours", "Maximum"),
        ("No.", "Header"),
        ("Note", "Column"),
        ("Old", "Column"),
        (None, "Order of columns"),
    ]


def test_a_deleted_template_is_in_no_list_and_its_name_is_free(make, cast):
    number = make()
    with writing() as session:
        removal.remove(session, session.get_one(ImportTemplate, number), NOW)
    with reading() as session:
        assert templates.all_of(session, cast.ada.organization_id) == []
        assert templates.find(session, cast.ada.organization_id, number) is None
    with writing() as session:
        made = templates.create_from(
            session, DRAFT, organization_id=cast.ada.organization_id, created_by=None, dataset="Hours", at=NOW
        )
        assert made.id != number


def test_a_built_in_table_gets_no_new_fields(cast, edit):
    with writing() as session:
        owner = cast.ada
        number = ready_made.ensure(session, owner.organization_id, owner.id, tables.find("customers"), None, NOW).id
    draft = editing.draft_of(template_of(number))
    with pytest.raises(FieldNotInTable, match="no field “mood”"):
        edit(number, replace(draft, columns=[*draft.columns, TemplateColumn("Mood", "mood")]))


def test_a_deleted_template_keeps_its_dataset_and_its_versions(make):
    number = make()
    fill(number)
    with writing() as session:
        removal.remove(session, session.get_one(ImportTemplate, number), NOW)
    with reading() as session:
        template = session.get_one(ImportTemplate, number)
        assert len(session.scalars(datasets.rows_query(template.dataset)).all()) == 1
        assert [version.number for version in template.versions] == [1]
