"""A column as a template defines it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is its name in workbooks, `field` its name in the dataset, `type` a name from `types.COLUMN_TYPES`."""

    header: str
    field: str
    type: str = "text"
    required: bool = False
