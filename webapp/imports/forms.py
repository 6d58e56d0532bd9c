"""The form that says what the columns of a new workbook become."""

import secrets
from collections.abc import Sequence
from dataclasses import replace

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, StringField
from wtforms.validators import DataRequired, Length

from webapp.sheets import WorkbookReport

from .templates.column_forms import ProposedColumnForm, columns_in, filled, unclear
from .templates.columns import TemplateColumn
from .templates.drafts import Draft, Trouble, troubles_of
from .templates.service import choices_from


class ProposalForm(FlaskForm):
    """The template's name, the dataset, and the columns."""

    name = StringField("Template name", validators=[Length(max=200)])
    dataset = StringField("Dataset", validators=[DataRequired("Give the dataset a name."), Length(max=200)])
    columns = FieldList(FormField(ProposedColumnForm))
    submission_key = HiddenField()

    @classmethod
    def of(cls, report: WorkbookReport, name: str) -> "ProposalForm":
        """The form filled with what the workbook proposes, or with what was sent."""
        columns = [filled(choice) | {"keep": True} for choice in choices_from(report)]
        return cls(
            data={"name": name, "dataset": name, "columns": columns, "submission_key": secrets.token_urlsafe(18)}
        )

    def troubles(self) -> list[Trouble]:
        """What is wrong with the name and the kept columns."""
        kept = [place for place, entry in enumerate(self.columns) if entry.form.keep.data]
        unread = [trouble for trouble in unclear(self.columns) if trouble.column in kept]
        wrong = troubles_of(Draft(" ".join((self.name.data or "").split()), self.choices()))
        return unread + [_placed(trouble, kept) for trouble in wrong]

    def choices(self) -> list[TemplateColumn]:
        """The kept columns, as decided."""
        return columns_in(entry for entry in self.columns if entry.form.keep.data)


def _placed(trouble: Trouble, kept: Sequence[int]) -> Trouble:
    """What is wrong with one of the kept columns, at its place among all; with the template itself, as it is."""
    return trouble if trouble.column is None else replace(trouble, column=kept[trouble.column])


def headers_match(form: ProposalForm, report: WorkbookReport) -> bool:
    """Whether the form is about these very columns, and nobody invented others."""
    return [row["header"] for row in form.columns.data] == [column.header for column in report.proposed]


def samples_of(report: WorkbookReport) -> list[Sequence[str]]:
    """Sample texts for each proposed column."""
    return [column.samples for column in report.proposed]
