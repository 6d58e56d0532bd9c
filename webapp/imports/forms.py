"""The form that says what the columns of a workbook become."""

import re
import secrets
from collections.abc import Sequence
from typing import Any

from flask_wtf import FlaskForm
from wtforms import BooleanField, FieldList, FormField, HiddenField, SelectField, StringField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice
from wtforms.validators import DataRequired, Length, ValidationError

from webapp.sheets import COLUMN_TYPES, WorkbookReport

from .columns import TemplateColumn
from .templates import choices_from

FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")


class ColumnForm(PlainForm):
    """What one column of the workbook becomes."""

    keep = BooleanField("Import")
    header = HiddenField("Column", validators=[Length(max=255)])
    field = StringField("Field", validators=[Length(max=63)])
    type = SelectField("Type", choices=[SelectChoice(name, kind.human) for name, kind in COLUMN_TYPES.items()])
    required = BooleanField("Required")
    key = BooleanField("Key")

    def validate_field(self, field: StringField) -> None:
        """A kept column needs a field that is a name."""
        if self.keep.data and not FIELD.fullmatch(field.data or ""):
            raise ValidationError("Use small letters, digits and _, beginning with a letter, such as employee_no.")


class ProposalForm(FlaskForm):
    """The template's name, the dataset, and the columns."""

    name = StringField("Template name", validators=[DataRequired("Give the template a name."), Length(max=200)])
    dataset = StringField("Dataset", validators=[DataRequired("Give the dataset a name."), Length(max=200)])
    columns = FieldList(FormField(ColumnForm))
    submission_key = HiddenField()

    @classmethod
    def of(cls, report: WorkbookReport, name: str) -> "ProposalForm":
        """The form filled with what the workbook proposes, or with what was sent."""
        columns = [_proposed(choice) for choice in choices_from(report)]
        return cls(
            data={"name": name, "dataset": name, "columns": columns, "submission_key": secrets.token_urlsafe(18)}
        )

    def validate_columns(self, columns: FieldList) -> None:
        """At least one column is kept, and no two become one field."""
        fields = [choice.field for choice in self.choices()]
        if not fields:
            raise ValidationError("Choose at least one column to import.")
        repeated = sorted({field for field in fields if field and fields.count(field) > 1})
        if repeated:
            raise ValidationError(f"Two columns become the field {repeated[0]}. Give one of them another name.")

    def choices(self) -> list[TemplateColumn]:
        """The kept columns, as decided."""
        return [
            TemplateColumn(
                row["header"], row["field"], row["type"], required=row["required"] or row["key"], key=row["key"]
            )
            for row in self.columns.data
            if row["keep"]
        ]


def headers_match(form: ProposalForm, report: WorkbookReport) -> bool:
    """Whether the form is about these very columns, and nobody invented others."""
    return [row["header"] for row in form.columns.data] == [column.header for column in report.proposed]


def samples_of(report: WorkbookReport) -> list[Sequence[str]]:
    """Sample texts for each proposed column."""
    return [column.samples for column in report.proposed]


def _proposed(choice: TemplateColumn) -> dict[str, Any]:
    return {
        "keep": True,
        "header": choice.header,
        "field": choice.field,
        # Dates would all be refused without the way in which they are written, which this form does not ask for.
        "type": "text" if choice.date_format else choice.type,
        "required": choice.required,
        "key": choice.key,
    }
