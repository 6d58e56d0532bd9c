"""A template as somebody would like it to be, and what is wrong with that."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from typing import Literal

from webapp.sheets import COLUMN_TYPES, Column, check_column
from webapp.sheets.headers import comparable

from .columns import TemplateColumn
from .policies import MOST_REJECTED

FIELD = re.compile(r"[a-z][a-z0-9_]{0,62}")
UNSET = {field.name: field.default for field in fields(Column) if field.name not in ("header", "field", "type")}
CULPRITS = (
    "default", "replacements", "pattern", "minimum", "maximum", "yes", "no", "date_format", "decimal_sign", "choices",
    "references", "aliases", "unique",
)  # fmt: skip
"""Rules of a column in the order in which they are suspected: what depends on others comes before them."""
NEEDED = ("choices", "references")
"""Rules that a type may not do without."""


@dataclass(frozen=True)
class Draft:
    """All that a version of a template says, and the template's name. The words of the policies are those of
    `TemplateVersion`.
    """

    name: str
    columns: Sequence[TemplateColumn]
    sheet: str | None = None
    hidden: Literal["include", "skip"] = "include"
    existing: str = "upsert"
    repeated: str = "last"
    most_rejected: int = MOST_REJECTED

    def __post_init__(self) -> None:
        """A column of the key is always required."""
        required = [replace(column, required=column.required or column.key) for column in self.columns]
        object.__setattr__(self, "columns", required)


@dataclass(frozen=True)
class Trouble:
    """Something that is wrong with a draft, in a sentence: with the part called `about` of the column at this place,
    from 0, or of the template itself where `column` is None.
    """

    sentence: str
    about: str
    column: int | None = None


def troubles_of(draft: Draft) -> list[Trouble]:
    """What is wrong with a draft, whatever it is for; nothing, if it may become a version."""
    found = [*_of_template(draft)]
    for place, column in enumerate(draft.columns):
        found += [replace(trouble, column=place) for trouble in _of_column(column)]
    return [*found, *_of_fields(draft.columns), *_of_names(draft.columns)]


def _of_template(draft: Draft) -> Iterator[Trouble]:
    if not draft.name:
        yield Trouble("Give the template a name.", "name")
    if not draft.columns:
        yield Trouble("Give the template at least one column.", "columns")
    elif draft.existing != "upsert" and not any(column.key for column in draft.columns):
        yield Trouble(
            "Without a key no row is found again. Mark a column as key, or choose to add and update.", "existing"
        )


def _of_column(column: TemplateColumn) -> Iterator[Trouble]:
    if not column.header.strip():
        yield Trouble("Say what the column is called in workbooks.", "header")
    if not FIELD.fullmatch(column.field):
        yield Trouble("Use small letters, digits and _, beginning with a letter, such as employee_no.", "field")
    if column.header.strip() and column.field.strip():
        for sentence in check_column(column):
            yield Trouble(sentence, _culprit(column, sentence))


def _culprit(column: Column, sentence: str) -> str:
    """The rule without which `check_column` would not say this; the type, if it is none of them."""
    for name in CULPRITS:
        without = replace(column, **{name: UNSET[name]})
        if without != column and sentence not in check_column(without):
            return name
    missing = [name for name in NEEDED if column.type in COLUMN_TYPES and _lacks(column, name)]
    return missing[0] if missing else "type"


def _lacks(column: Column, name: str) -> bool:
    return name in COLUMN_TYPES[column.type].options and getattr(column, name) == UNSET[name]


def _of_fields(columns: Sequence[TemplateColumn]) -> Iterator[Trouble]:
    owners: dict[str, str] = {}
    for place, column in enumerate(columns):
        owner = owners.setdefault(column.field, column.header)
        if place and column.field and column.field in [other.field for other in columns[:place]]:
            yield Trouble(f"“{owner}” becomes the field {column.field} already. Give one another name.", "field", place)


def _of_names(columns: Sequence[TemplateColumn]) -> Iterator[Trouble]:
    """No two columns are found by one name."""
    owners: dict[str, int] = {}
    for place, column in enumerate(columns):
        for name in (column.header, *column.aliases):
            owner = owners.setdefault(comparable(name), place)
            if comparable(name) and owner != place:
                about = "header" if name == column.header else "aliases"
                sentence = f"“{name}” means the column “{columns[owner].header}” already. Keep it in one of them."
                yield Trouble(sentence, about, place)
