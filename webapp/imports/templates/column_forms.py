"""A column of a template in a form: all its rules as texts, and back."""

import csv
from collections.abc import Collection, Iterable, Sequence
from io import StringIO
from typing import Any

from wtforms import BooleanField, FieldList, Form, FormField, HiddenField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.form import BaseForm
from wtforms.validators import Length

from webapp.sheets import COLUMN_TYPES, DATE_FORMATS, field_name

from . import replacement_lines
from .columns import TemplateColumn
from .drafts import Trouble

LISTS = ("aliases", "yes", "no")
SINGLE = ("default", "pattern", "minimum", "maximum", "date_format", "decimal_sign", "references")
RULES = (
    "aliases", "choices", "minimum", "maximum", "pattern", "date_format", "decimal_sign", "yes", "no", "default",
    "replacements", "references",
)  # fmt: skip
"""The rules in the order in which pages show them."""
FOR_ALL_TYPES = {"aliases", "default", "replacements"}

_types = [SelectChoice(name, kind.human) for name, kind in COLUMN_TYPES.items()]
_dates = [
    SelectChoice("", "As their cells say"),
    *(SelectChoice(name, kind.human) for name, kind in DATE_FORMATS.items()),
]
_signs = [
    SelectChoice("", "Whatever is clear"),
    SelectChoice(",", "Comma: 1.234,50"),
    SelectChoice(".", "Point: 1,234.50"),
]


class ColumnForm(Form):
    """What a column of a workbook becomes, with its rules."""

    header = StringField("Column", validators=[Length(max=255)])
    field = StringField("Field", validators=[Length(max=63)], render_kw={"placeholder": "from its name"})
    type = SelectField("Type", choices=_types)
    required = BooleanField("Required")
    key = BooleanField("Key")
    unique = BooleanField("Unique")
    aliases = StringField("Other headers", description="Between commas.")
    choices = TextAreaField("Choices", description="One a line.")
    minimum = StringField("Minimum", description="For texts, the number of characters.")
    maximum = StringField("Maximum", description="For texts, the number of characters.")
    pattern = StringField("Pattern", description="A regular expression for the whole text.")
    date_format = SelectField("Dates kept as text", choices=_dates)
    decimal_sign = SelectField("Decimal sign in texts", choices=_signs)
    yes = StringField("Words for yes", description="Between commas.")
    no = StringField("Words for no", description="Between commas.")
    default = StringField("If the cell is blank")
    replacements = TextAreaField("Replacements", description="One a line: N/A = blank.")
    references = StringField("Refers to", description="Such as customers.number.")

    @property
    def rules(self) -> list[tuple[Any, str]]:
        """The fields of the rules, each with the types that it is for."""
        return [(self[name], _types_with(name)) for name in RULES]

    @property
    def has_rules(self) -> bool:
        """Whether any of them is set, or wrong."""
        return any(field.data or field.errors for field, _ in self.rules)

    def column(self, taken: Collection[str] = ()) -> TemplateColumn:
        """The column as it was filled in; nothing of it is checked. A field that was left blank is made of the header,
        and is none of those `taken`.
        """
        lists = {name: tuple(listed(self[name].data)) for name in LISTS}
        single = {name: _text(self[name].data) for name in SINGLE}
        header, field = " ".join((self.header.data or "").split()), (self.field.data or "").strip()
        return TemplateColumn(
            header=header,
            field=field or (field_name(header, len(taken), set(taken)) if header else ""),
            type=self.type.data or "text",
            required=self.required.data or self.key.data,
            key=self.key.data,
            unique=self.unique.data,
            choices=tuple(lines(self.choices.data)),
            replacements=tuple(map(replacement_lines.read, lines(self.replacements.data))),
            **lists,
            **single,
        )  # type: ignore[arg-type]


class ProposedColumnForm(ColumnForm):
    """A column of an uploaded workbook: its header stands, and it may be left out."""

    keep = BooleanField("Import")
    header = HiddenField("Column", validators=[Length(max=255)])


def filled(column: TemplateColumn) -> dict[str, Any]:
    """What a form for this column holds."""
    return {
        "header": column.header,
        "field": column.field,
        "type": column.type,
        "required": column.required,
        "key": column.key,
        "unique": column.unique,
        "choices": "\n".join(column.choices),
        "replacements": "\n".join(replacement_lines.written(*each) for each in column.replacements),
        **{name: _listing(getattr(column, name)) for name in LISTS},
        **{name: getattr(column, name) or "" for name in SINGLE},
    }


def columns_in(entries: Iterable[FormField]) -> list[TemplateColumn]:
    """The columns of these forms, each with a field."""
    found: list[TemplateColumn] = []
    for entry in entries:
        found.append(entry.form.column([column.field for column in found]))
    return found


def unclear(columns: FieldList) -> list[Trouble]:
    """What was filled in and cannot be read at all."""
    return [
        Trouble(f"“{line}” lacks its sign: write N/A = blank, or Ja = yes.", "replacements", place)
        for place, entry in enumerate(columns)
        for line in lines(entry.form.replacements.data)
        if "=" not in line
    ]


def is_sound(form: Any) -> bool:
    """Whether nothing is wrong with a form of columns. All that is stands at its fields then, not only what is found
    first.
    """
    is_valid, troubles = form.validate(), form.troubles()
    show(form, troubles)
    return is_valid and not troubles


def show(form: BaseForm, troubles: Sequence[Trouble]) -> None:
    """Puts each sentence at its field; those about columns at the fields of the form's `columns`."""
    columns = form["columns"]
    for trouble in troubles:
        fields = form if trouble.column is None else columns[trouble.column].form
        fields[trouble.about].errors = [*fields[trouble.about].errors, trouble.sentence]
    if any(trouble.column is not None for trouble in troubles):
        columns.errors = [*columns.errors, *(entry.errors for entry in columns)]


def lines(text: str | None) -> list[str]:
    """The lines that hold anything."""
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def listed(text: str | None) -> list[str]:
    """What stands between commas; what holds a comma itself stands in quotation marks."""
    rows = csv.reader(StringIO(text or ""), skipinitialspace=True)
    return [" ".join(word.split()) for row in rows for word in row if word.strip()]


def _listing(words: Iterable[str]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="").writerow(words)
    return ", ".join(written.getvalue().split(",")) if '"' not in written.getvalue() else written.getvalue()


def _text(text: str | None) -> str | None:
    return (text or "").strip() or None


def _types_with(rule: str) -> str:
    names: Sequence[str] = [name for name, kind in COLUMN_TYPES.items() if rule in kind.options]
    return "any" if rule in FOR_ALL_TYPES else " ".join(names)
