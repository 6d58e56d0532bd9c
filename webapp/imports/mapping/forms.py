"""The form that says which columns of a workbook become which fields of a template."""

import secrets
from collections.abc import Sequence

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, SelectField
from wtforms import Form as PlainForm
from wtforms.fields.choices import SelectChoice

from ..templates.columns import TemplateColumn
from .service import REPEATED, Proposal

OPEN = "?"
"""Stands for a column of which nobody has said what it becomes."""


class UseForm(PlainForm):
    """What one column of the workbook becomes: a field, or "" for nothing."""

    header = HiddenField("Column")
    becomes = SelectField("Becomes")


class MappingForm(FlaskForm):
    """The columns of the workbook in their order."""

    uses = FieldList(FormField(UseForm))
    submission_key = HiddenField()

    @classmethod
    def of(cls, proposal: Proposal, columns: Sequence[TemplateColumn]) -> "MappingForm":
        """The form filled with a proposal, or with what was sent."""
        uses = [{"header": use.label, "becomes": _shown(use.field, use.how)} for use in proposal.uses]
        form = cls(data={"uses": uses, "submission_key": secrets.token_urlsafe(18)})
        fields = [SelectChoice(column.field, column.header) for column in columns]
        for entry, use in zip(form.uses, proposal.uses, strict=False):
            ask = [SelectChoice(OPEN, "Choose…")] if use.how == REPEATED else []
            entry.form.becomes.choices = [*ask, SelectChoice("", "Leave out"), *fields]
        return form

    def is_about(self, proposal: Proposal) -> bool:
        """Whether the form is about these very columns."""
        return [row["header"] for row in self.uses.data] == [use.label for use in proposal.uses]

    def decided(self) -> dict[str, str | None]:
        """The field for each label, None for what is left out."""
        return {row["header"]: row["becomes"] or None for row in self.uses.data}

    def check(self, columns: Sequence[TemplateColumn]) -> bool:
        """Whether rows can be imported so; else the sentences are at their fields."""
        if not self.validate_on_submit():
            return False
        headers = {column.field: column.header for column in columns}
        owners: dict[str, str] = {}
        for entry in self.uses:
            field, label = entry.form.becomes.data, entry.form.header.data
            if field == OPEN:
                entry.form.becomes.errors = ["Say whether this one is meant, or leave it out."]
            elif field and owners.setdefault(field, label) != label:
                entry.form.becomes.errors = [
                    f"“{owners[field]}” becomes {headers[field]} already. Leave one of them out."
                ]
        wrong = [entry.errors for entry in self.uses] if any(entry.errors for entry in self.uses) else []
        self.uses.errors = [*wrong, *_lacking(columns, owners)]
        return not self.uses.errors


def _lacking(columns: Sequence[TemplateColumn], owners: dict[str, str]) -> list[str]:
    if not owners:
        return ["No column of the workbook becomes anything. Choose at least one."]
    needed = [column for column in columns if column.required and column.default is None]
    return [
        f"No column becomes {column.header}, which every row needs. Choose the column that does."
        for column in needed
        if column.field not in owners
    ]


def _shown(field: str | None, how: str) -> str:
    return OPEN if how == REPEATED else field or ""
