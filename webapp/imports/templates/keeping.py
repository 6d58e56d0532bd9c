"""What was decided about values of one workbook, kept in its template for the workbooks to come (B13, B24)."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import msgspec
from sqlalchemy.orm import Session

from webapp.sheets.conversion.words import folded

from ..errors import NothingToKeep, TemplateUnfit
from ..models import Import
from ..running.plans import Replacement
from . import editing
from .columns import TemplateColumn
from .drafts import Draft, troubles_of
from .editing import Edited
from .replacement_lines import is_writable

OPEN, KEPT, GONE, UNWRITABLE = "open", "kept", "gone", "unwritable"
"""How the latest version of a template stands to a decision: it could take it, has it, has no such column any more, or
has no way to write it down."""


@dataclass(frozen=True)
class Decision:
    """That a text in a column is taken as something else, and how the template stands to that."""

    replacement: Replacement
    header: str
    state: Literal["open", "kept", "gone", "unwritable"]


def decisions_of(record: Import) -> list[Decision]:
    """What was decided about values of an import, in the order in which it was."""
    latest = {column.field: column for column in record.template.columns}
    headers = {column.field: column.header for column in record.version.columns}
    return [
        Decision(each, headers.get(each[0], each[0]), _state(latest.get(each[0]), each))
        for each in msgspec.json.decode(record.replacements, type=list[Replacement])
    ]


def keep(session: Session, record: Import, wanted: Collection[Replacement], *, kept_by: int, at: datetime) -> Edited:
    """Makes a version of the template that has these decisions of an import, as far as they are open. The import itself
    goes on by the version that it has.

    Raises NothingToKeep, TemplateUnfit, and what `editing.edit` raises; nothing may be committed then.
    """
    chosen = [each.replacement for each in decisions_of(record) if each.state == OPEN and each.replacement in wanted]
    if not chosen:
        raise NothingToKeep
    template = record.template
    draft = editing.draft_of(template)
    draft = replace(draft, columns=[_with(column, chosen) for column in draft.columns])
    _see_to_fit(draft)
    return editing.edit(session, template.id, draft, started_from=template.number, edited_by=kept_by, at=at)


def _state(column: TemplateColumn | None, decided: Replacement) -> Literal["open", "kept", "gone", "unwritable"]:
    if column is None:
        return GONE
    _, text, instead = decided
    if {folded(known): to for known, to in column.replacements}.get(folded(text), ...) == instead:
        return KEPT
    return OPEN if is_writable(_tidied(text), instead) else UNWRITABLE


def _with(column: TemplateColumn, decided: Iterable[Replacement]) -> TemplateColumn:
    """The column with what was decided in place of what it said of the same texts."""
    new = {folded(text): (_tidied(text), instead) for field, text, instead in decided if field == column.field}
    kept = [each for each in column.replacements if folded(each[0]) not in new]
    return replace(column, replacements=(*kept, *new.values()))


def _see_to_fit(draft: Draft) -> None:
    troubles: Sequence[str] = [trouble.sentence for trouble in troubles_of(draft)]
    if troubles:
        raise TemplateUnfit(reason=troubles[0])


def _tidied(text: str) -> str:
    """The text in one line: to replacements, spaces and line breaks are the same."""
    return " ".join(text.split())
