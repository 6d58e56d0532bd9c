"""What differs between two versions of a template, in words that a table can show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Any

from webapp.sheets import COLUMN_TYPES

from ..models import TemplateVersion
from .columns import TemplateColumn
from .drafts import Draft
from .policies import EXISTING, HIDDEN, REPEATED

LABELS = {
    "header": "Header", "type": "Type", "required": "Required", "aliases": "Other headers", "default": "If blank",
    "choices": "Choices", "pattern": "Pattern", "minimum": "Minimum", "maximum": "Maximum", "unique": "Unique",
    "date_format": "Dates written", "decimal_sign": "Decimal sign", "yes": "Words for yes", "no": "Words for no",
    "replacements": "Replacements", "references": "Refers to", "key": "Key",
}  # fmt: skip
"""What people call the parts of a column."""
POLICIES = {
    "sheet": "Sheet", "hidden": "Hidden rows and columns", "existing": "Rows that are there already",
    "repeated": "Keys that come twice", "most_rejected": "Most rejected rows",
}  # fmt: skip
WORDS = {"hidden": HIDDEN, "existing": EXISTING, "repeated": REPEATED}
Described = Draft | TemplateVersion


@dataclass(frozen=True)
class Difference:
    """`column` is the header of a column, None for the template itself; `before` and `now` are as people read them."""

    column: str | None
    part: str
    before: str
    now: str


def differences(before: Described, now: Described) -> list[Difference]:
    """What was changed, in the order of the page: the template first, then its columns, those removed at the end."""
    return [*_of_policies(before, now), *_of_columns(before.columns, now.columns)]


def _of_policies(before: Described, now: Described) -> Iterator[Difference]:
    for name, label in POLICIES.items():
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            yield Difference(None, label, _policy(name, old), _policy(name, new))


def _policy(name: str, value: Any) -> str:
    if name in WORDS:
        return WORDS[name].get(value, value)
    return f"{value:,}" if isinstance(value, int) else value or "The first with cells"


def _of_columns(before: Sequence[TemplateColumn], now: Sequence[TemplateColumn]) -> Iterator[Difference]:
    old, new = ({column.field: column for column in columns} for columns in (before, now))
    for field, column in new.items():
        if field in old:
            yield from _of_column(old[field], column)
        else:
            yield Difference(column.header, "Column", "", f"Added, as {COLUMN_TYPES[column.type].human.lower()}")
    for field in old.keys() - new.keys():
        yield Difference(old[field].header, "Column", "In the template", "Removed")
    kept = [
        [column.header for column in columns if column.field in old.keys() & new.keys()] for columns in (before, now)
    ]
    fields_kept = [[c.field for c in columns if c.field in old.keys() & new.keys()] for columns in (before, now)]
    if fields_kept[0] != fields_kept[1]:
        yield Difference(None, "Order of columns", ", ".join(kept[0]), ", ".join(kept[1]))


def _of_column(before: TemplateColumn, now: TemplateColumn) -> Iterator[Difference]:
    for name in (field.name for field in fields(TemplateColumn) if field.name != "field"):
        old, new = getattr(before, name), getattr(now, name)
        if old != new:
            yield Difference(now.header, LABELS[name], _said(name, old), _said(name, new))


def _said(name: str, value: Any) -> str:
    """A part of a column as people read it; nothing for what is not set."""
    if name == "type":
        return COLUMN_TYPES[value].human if value in COLUMN_TYPES else str(value)
    if name == "replacements":
        return ", ".join(f"{text} = {'blank' if instead is None else instead}" for text, instead in value)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    return ", ".join(value) if isinstance(value, tuple) else value or ""
