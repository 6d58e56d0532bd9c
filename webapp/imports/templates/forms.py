"""The form that defines a template: its columns, and what it does with rows."""

from typing import Any

from flask_wtf import FlaskForm
from wtforms import FieldList, FormField, HiddenField, SelectField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Length

from . import policies
from .column_forms import ColumnForm, columns_in, filled, unclear
from .columns import TemplateColumn
from .drafts import Draft, Trouble, troubles_of

MOST_COLUMNS = 1_000


class TemplateForm(FlaskForm):
    """Everything that a version of a template says. `number` is that of the version that the edit started from."""

    name = StringField("Template name", validators=[Length(max=200)])
    dataset = StringField("Dataset", validators=[Length(max=200)])
    sheet = StringField("Sheet", validators=[Length(max=255)])
    existing = SelectField(
        "Rows whose key is there already", choices=[SelectChoice(*e) for e in policies.EXISTING.items()]
    )
    repeated = SelectField(
        "Keys that come twice in a workbook", choices=[SelectChoice(*e) for e in policies.REPEATED.items()]
    )
    hidden = SelectField("Hidden rows and columns", choices=[SelectChoice(*e) for e in policies.HIDDEN.items()])
    most_rejected = StringField("Rejected rows at which an import ends")
    columns = FieldList(FormField(ColumnForm), max_entries=MOST_COLUMNS)
    number = HiddenField()

    @classmethod
    def of(cls, draft: Draft, number: int = 0, dataset: str = "") -> "TemplateForm":
        """The form filled with a draft, or with what was sent."""
        return cls(data=_data(draft) | {"number": str(number), "dataset": dataset})

    def draft(self) -> Draft:
        """What was filled in; nothing of it is checked."""
        return Draft(
            name=" ".join((self.name.data or "").split()),
            columns=columns_in(self.columns),
            sheet=(self.sheet.data or "").strip() or None,
            hidden=self.hidden.data,
            existing=self.existing.data,
            repeated=self.repeated.data,
            most_rejected=_number(self.most_rejected.data) or 0,
        )

    def troubles(self) -> list[Trouble]:
        """What is wrong with what was filled in."""
        unread = _number(self.most_rejected.data) is None
        found = [Trouble("Give a whole number.", "most_rejected")] if unread else []
        return [*found, *unclear(self.columns), *troubles_of(self.draft())]

    def place_of(self, field: str) -> int | None:
        """Which column becomes this field."""
        return next((place for place, entry in enumerate(self.columns) if entry.form.field.data == field), None)

    def changed(self, change: str) -> tuple["TemplateForm", str]:
        """The form after one of its own buttons was pressed ("add", "remove-2", "up-2", "down-2"), everything else as
        it was typed; and the id of the control that has the focus then.
        """
        verb, _, place = change.partition("-")
        columns = list(self.columns.data)
        focus = _change(columns, verb, int(place) if place.isdecimal() else len(columns))
        data = {name: field.data for name, field in self._fields.items() if name != "csrf_token"}
        return TemplateForm(formdata=None, data=data | {"columns": columns}), focus


def _data(draft: Draft) -> dict[str, Any]:
    return {
        "name": draft.name,
        "sheet": draft.sheet or "",
        "hidden": draft.hidden,
        "existing": draft.existing,
        "repeated": draft.repeated,
        "most_rejected": str(draft.most_rejected),
        "columns": [filled(column) for column in draft.columns],
    }


def _change(columns: list[dict[str, Any]], verb: str, place: int) -> str:
    """Changes the columns; answers the id of the control to go on with."""
    if verb == "add" and len(columns) < MOST_COLUMNS:
        columns.append(filled(TemplateColumn("", "")))
        return f"columns-{len(columns) - 1}-header"
    if place >= len(columns):
        return "add-column"
    if verb == "remove":
        del columns[place]
        return f"columns-{min(place, len(columns) - 1)}-header" if columns else "add-column"
    there = place - 1 if verb == "up" else place + 1
    if 0 <= there < len(columns):
        columns.insert(there, columns.pop(place))
        return _mover(verb, there, len(columns))
    return f"columns-{place}-header"


def _mover(verb: str, place: int, count: int) -> str:
    """The button that moves on in the same direction, or back, where there is no further."""
    is_over = place == 0 if verb == "up" else place == count - 1
    return f"{({'up': 'down', 'down': 'up'}[verb]) if is_over else verb}-{place}"


def _number(text: str | None) -> int | None:
    digits = "".join((text or "").replace(",", "").split())
    return int(digits) if digits.isdecimal() and len(digits) < 10 else None
