"""The form that asks for an export."""

import secrets
from typing import Any

from flask_wtf import FlaskForm
from wtforms import HiddenField, RadioField, SelectChoice, SelectMultipleField
from wtforms.validators import Length, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from .asking import Asked
from .service import LABELS

LONGEST_SEARCH = 200


class ExportForm(FlaskForm):
    """The format, the columns, and what the page of the rows was narrowed to."""

    format = RadioField("Format", choices=[SelectChoice(*each) for each in LABELS.items()], default="xlsx")
    columns = SelectMultipleField(
        "Columns",
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
    )
    q = HiddenField(validators=[Length(max=LONGEST_SEARCH)])
    sort = HiddenField()
    direction = HiddenField()
    status = HiddenField()
    submission_key = HiddenField()

    def validate_columns(self, columns: SelectMultipleField) -> None:
        """At least one is chosen. `DataRequired` would have browsers demand each of them."""
        if not columns.data:
            raise ValidationError("Choose at least one column.")

    @classmethod
    def of(cls, source: Any, narrowed: dict[str, str]) -> "ExportForm":
        """The form as it is first shown, or as it was sent: all columns, and what the address says of the rows."""
        fields = [column.field for column in source.columns]
        form = cls(data={"columns": fields, "submission_key": secrets.token_urlsafe(18), **narrowed})
        form.columns.choices = [SelectChoice(column.field, column.header) for column in source.columns]
        return form

    def asked(self) -> Asked:
        """What is asked for. A sort by what is no column is none."""
        known = [choice.value for choice in self.columns.choices]
        chosen, status = tuple(self.columns.data or ()), (self.status.data or "").strip()[:LONGEST_SEARCH]
        return Asked(
            where=(f"status={status}",) if status and "status" in known else (),
            search=(self.q.data or "").strip()[:LONGEST_SEARCH],
            sort=self.sort.data if self.sort.data in known else None,
            descending=self.direction.data == "descending",
            fields=() if list(chosen) == known else chosen,
        )
