"""Which columns of a workbook become which fields of a template: found, asked for, and remembered for the next workbook
with the same header (B13, B22).
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.db import lock
from webapp.sheets import CHOSEN, MISSING, Header, as_text, match_headers
from webapp.sheets.headers import comparable
from webapp.sheets.refusals import ColumnsRepeated, MappingUnfit

from ..models import HeaderMapping
from ..templates.columns import TemplateColumn

UNMATCHED, IGNORED, REPEATED = "unmatched", "ignored", "repeated"
"""How columns of a workbook are used, besides the words of `sheets.matching`: no field is known, left out on purpose,
and one of several with a name that the template needs."""
OPEN = {UNMATCHED, REPEATED, "guessed"}

Decided = Mapping[str, str | None]
"""The field for each label of a header, None for a column that is left out."""


@dataclass(frozen=True)
class Use:
    """What a column of the workbook becomes. `position` counts from 0, `field` is None for what becomes nothing."""

    position: int
    label: str
    how: str
    field: str | None


@dataclass(frozen=True)
class Proposal:
    """What all columns of a workbook become, and which columns of the template it does not have."""

    uses: Sequence[Use]
    missing: Sequence[TemplateColumn]

    @property
    def lacking(self) -> list[TemplateColumn]:
        """Columns without which no row can be imported."""
        return [column for column in self.missing if column.required and column.default is None]

    @property
    def is_clear(self) -> bool:
        """Whether there is nothing to ask."""
        found = any(use.field for use in self.uses)
        return found and not self.lacking and not any(use.how in OPEN for use in self.uses)

    @property
    def mapping(self) -> dict[str, str | None]:
        """The uses as they are stored and handed on."""
        return {use.label: use.field for use in self.uses}

    @property
    def speaks_for_itself(self) -> bool:
        """Whether the header alone says all this, so that nothing needs to be stored."""
        return all(use.how not in OPEN | {CHOSEN, IGNORED} for use in self.uses)


def header_row_in(rows: Iterable[tuple[int, Sequence[Any]]], columns: Sequence[TemplateColumn]) -> int | None:
    """The number of the first row with the most names that the template knows; None if no row has any."""
    known = {comparable(name) for column in columns for name in (column.header, *column.aliases)}
    found = {number: len(known & {comparable(as_text(cell)) for cell in cells}) for number, cells in rows}
    best = max(found, key=lambda number: found[number], default=None)
    return best if best is not None and found[best] else None


def propose(columns: Sequence[TemplateColumn], header: Header, decided: Decided | None = None) -> Proposal:
    """What the columns under this header become: as `decided` before, where that still fits; else as they match."""
    known = decided if decided is not None and _still_fits(columns, header, decided) else {}
    unclear = _repeated(columns, header, known)
    found = match_headers(columns, header, dict(known) | dict.fromkeys(unclear, None))
    by_label = {match.label: match for match in found.matches if match.how != MISSING}
    uses = []
    for position, label in enumerate(header.labels):
        match = by_label.get(label)
        if match is not None:
            uses.append(Use(position, label, match.how, match.column.field))
        elif position not in header.unnamed:
            how = REPEATED if label in unclear else IGNORED if label in known else UNMATCHED
            uses.append(Use(position, label, how, None))
    placed = {use.field for use in uses}
    return Proposal(uses, [column for column in columns if column.field not in placed])


def as_before(
    session: Session, template_id: int, columns: Sequence[TemplateColumn], header: Header
) -> dict[str, str | None] | None:
    """What was decided before about a workbook with this header, as far as it still fits; None if nothing was."""
    known = remembered(session, template_id, header)
    return None if known is None else propose(columns, header, decided_in(known)).mapping


def fingerprint(header: Header) -> str:
    """The same for all headers with the same names in the same order, however they are written."""
    return hashlib.sha256("\n".join(map(comparable, header.labels)).encode()).hexdigest()


def remembered(session: Session, template_id: int, header: Header) -> HeaderMapping | None:
    """What was decided for workbooks with this header, or None."""
    query = select(HeaderMapping).where(HeaderMapping.template_id == template_id)
    return session.scalar(query.where(HeaderMapping.fingerprint == fingerprint(header)))


def decided_in(record: HeaderMapping | None) -> Decided | None:
    """What the record says."""
    found: Decided | None = json.loads(record.mapping) if record is not None else None
    return found


def remember(session: Session, template_id: int, header: Header, decided: Decided, at: datetime) -> None:
    """Keeps a decision for the next workbook with this header."""
    lock(session, f"mapping:{template_id}")
    record = remembered(session, template_id, header)
    if record is None:
        record = HeaderMapping(template_id=template_id, fingerprint=fingerprint(header))
        session.add(record)
    record.mapping, record.updated_at = json.dumps(dict(decided)), at


def _still_fits(columns: Sequence[TemplateColumn], header: Header, decided: Decided) -> bool:
    """Whether the template has these fields still, and has gained no column that was left out for want of one."""
    try:
        match_headers(columns, header, decided)
    except (MappingUnfit, ColumnsRepeated):
        return False
    used = set(decided.values())
    wanted = {comparable(name) for c in columns if c.field not in used for name in (c.header, *c.aliases)}
    return not any(field is None and comparable(label) in wanted for label, field in decided.items())


def _repeated(columns: Sequence[TemplateColumn], header: Header, known: Decided) -> set[str]:
    """Labels that stand for one name over several columns where the template needs it once, and nobody has decided."""
    used = set(known.values())
    wanted = {comparable(name) for c in columns if c.field not in used for name in (c.header, *c.aliases)}
    unclear: set[str] = set()
    for group in header.repeated:
        named = [comparable(label) in wanted for label in group if label not in known]
        if any(named) and not all(named):
            unclear |= {label for label in group if label not in known}
    return unclear
