"""Which built-in tables the rows of an uploaded workbook may go to, in place of a dataset of their own."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.sheets import ALIAS, MATCHED, Header

from ..mapping import service as mapping
from . import tables
from .tables import BuiltIn


@dataclass(frozen=True)
class TableChoice:
    """A built-in table, or a part of one. `found` is how many of its columns the workbook has; 0 where one is lacking
    that every row needs.
    """

    value: str
    title: str
    found: int


def choices(session: Session, organization_id: int, header: Header) -> list[TableChoice]:
    """All that rows may go to, the one that the workbook fits best first."""
    offered = [
        TableChoice(value, title, _found(built_in, header))
        for built_in in tables.known()
        for value, title in _places(session, organization_id, built_in)
    ]
    return sorted(offered, key=lambda choice: -choice.found)


def chosen(value: str) -> tuple[BuiltIn, int | None] | None:
    """The table of a choice, and the id of its part, whether there is such a part or not; None for no table."""
    name, _, part = value.partition(".")
    built_in = tables.find(name)
    if built_in is None or (part and not part.isdecimal()):
        return None
    return built_in, int(part) if part else None


def others(built_in: BuiltIn, header: Header) -> Sequence[str]:
    """Labels of the workbook that are no column of the table."""
    return [use.label for use in mapping.propose(built_in.columns, header).uses if use.field is None]


def _places(session: Session, organization_id: int, built_in: BuiltIn) -> Iterator[tuple[str, str]]:
    if built_in.parts is None:
        yield built_in.name, built_in.title
        return
    for part_id, name in built_in.parts.open(session, organization_id):
        yield f"{built_in.name}.{part_id}", f"{built_in.title} of {name}"


def _found(built_in: BuiltIn, header: Header) -> int:
    """How many columns of the table the workbook has by name; 0 if it lacks one that is required."""
    uses = mapping.propose(built_in.columns, header).uses
    found = {use.field for use in uses if use.how in (MATCHED, ALIAS)}
    return 0 if {column.field for column in built_in.columns if column.required} - found else len(found)
