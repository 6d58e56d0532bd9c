"""What the cells of a reference name: looked up for a whole batch, by the room whose table it is.

A room says once what its names are: `register(Reference("customers.number", "customer", find))`.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from webapp.datasets.changes import Refusal
from webapp.sheets import Value

from ..templates.columns import TemplateColumn

MOST_SHOWN = 3
"""Candidates that a problem lists."""

Find = Callable[[Session, int, Collection[str]], Mapping[str, Sequence[str]]]
"""Given an organization and texts: for each text what it names, by key. A text that names nothing may be left out."""

Numbered = tuple[int, Sequence[Value]]
"""A row's number in its workbook, and its values in the order of the template's columns."""


@dataclass(frozen=True)
class Reference:
    """What can be referred to: its name in templates, what one of them is called, and how they are found."""

    name: str
    noun: str
    find: Find


_references: dict[str, Reference] = {}


def register(reference: Reference) -> None:
    """Makes something that columns of the type "reference" can name."""
    _references[reference.name] = reference


def known() -> list[Reference]:
    """All that can be referred to, by name."""
    return [_references[name] for name in sorted(_references)]


def resolve(
    session: Session, organization_id: int, columns: Sequence[TemplateColumn], rows: Sequence[Numbered]
) -> tuple[Sequence[Numbered], list[Refusal]]:
    """The rows with keys in place of what their references are called, and what cannot be resolved."""
    refused: list[Refusal] = []
    for place, column in enumerate(columns):
        reference = _references.get(column.references or "")
        if reference is not None:
            rows = _resolved(session, organization_id, reference, column.field, place, rows, refused)
    return rows, refused


def _resolved(
    session: Session, organization_id: int, reference: Reference, field: str, place: int, rows: Sequence[Numbered],
    refused: list[Refusal],
) -> Sequence[Numbered]:  # fmt: skip
    texts = {str(values[place]) for _, values in rows if values[place] is not None}
    found = reference.find(session, organization_id, texts) if texts else {}
    resolved = []
    for number, values in rows:
        text = None if values[place] is None else str(values[place])
        named = found.get(text, ()) if text is not None else ()
        if text is not None and len(named) != 1:
            refused.append(_refusal(number, field, reference.noun, text, named))
        resolved.append((number, (*values[:place], named[0] if len(named) == 1 else text, *values[place + 1 :])))
    return resolved


def _refusal(number: int, field: str, noun: str, text: str, named: Sequence[str]) -> Refusal:
    if not named:
        return Refusal(number, "unknown_reference", field, f"there is no {noun} '{text}'")
    shown = ", ".join(named[:MOST_SHOWN]) + (", …" if len(named) > MOST_SHOWN else "")
    reason = f"'{text}' is the name of {len(named):,} {noun}s: {shown}; write the one that is meant"
    return Refusal(number, "ambiguous_reference", field, reason)
