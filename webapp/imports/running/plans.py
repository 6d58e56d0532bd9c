"""What an import has to know before its first row: all that its record, its template's version and its upload say."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import msgspec
from sqlalchemy.orm import Session

from webapp.db import reading
from webapp.sheets import Limits, Origin, SheetFacts, Spool

from ..models import Import
from ..targets.target import Target, target_of
from ..templates.columns import TemplateColumn
from ..uploads import ROWS

VALID_ROWS, ALL_OR_NOTHING = "valid-rows", "all-or-nothing"
"""The two modes: good rows are imported and the others are not; or all rows are, if all are good."""
MODES = (VALID_ROWS, ALL_OR_NOTHING)
FIRST, LAST, REJECT = "first", "last", "reject"
"""What happens to a key that comes twice in one workbook: its first row counts, its last, or only the first may be."""

Reading = Callable[[], AbstractContextManager[Session]]
Replacement = tuple[str, str, str | None]
"""A field, the text of a cell, and the text to take instead; None makes it a blank."""


@dataclass(frozen=True)
class Plan:
    """Everything that an import needs to know: what goes where, and how."""

    import_id: int
    parent_id: int | None
    """The import whose rejected rows come back in this one."""
    target: Target
    path: Path
    spool: Spool
    """Where the rows are kept after a reading of all of them."""
    sheet: str
    header_row: int
    columns: Sequence[TemplateColumn]
    """Those of the template, with what this import replaces besides."""
    mapping: Mapping[str, str | None] | None
    """The field for each label of the header, None for one that is left out; None where headers speak for themselves.
    """
    existing: str
    """What happens to a row whose key is there already: "upsert", "insert", "update" or "skip"."""
    repeated: str
    most_rejected: int
    mode: str
    hidden: str
    limits: Limits
    known: SheetFacts | None = None
    """What was counted in the sheet when the workbook was looked into."""
    reading: Reading = reading
    """Lends a session that looks at what is committed, outside of the transactions in which is written."""

    @cached_property
    def key_column(self) -> TemplateColumn | None:
        """The first column of the key, over which problems with keys are reported; None without a key."""
        return next((column for column in self.columns if column.key), None)

    @cached_property
    def looks_back(self) -> bool:
        """Whether a row cannot be judged without the rows before it."""
        return any(column.key or column.unique for column in self.columns)

    @cached_property
    def fields(self) -> dict[str, str]:
        """The field of each column, by its header."""
        return {column.header: column.field for column in self.columns}


def plan_for(record: Import, path: Path, limits: Limits | None = None, reading: Reading = reading) -> Plan:
    """The plan of an import whose workbook lies at `path`, and is read within `limits`. `reading` lends sessions that
    look at what is committed: those of the current application, unless it is another's business.
    """
    version = record.version
    origin = Origin(record.upload.sha256, record.sheet, record.header_row, version.hidden)
    columns = _with_replacements(version.columns, msgspec.json.decode(record.replacements, type=list[Replacement]))
    return Plan(
        import_id=record.id,
        parent_id=record.parent_id,
        target=target_of(record.template, columns),
        path=path,
        spool=Spool(path.with_name(path.name + ROWS), origin),
        sheet=record.sheet,
        header_row=record.header_row,
        columns=columns,
        mapping=None if record.mapping is None else msgspec.json.decode(record.mapping),
        existing=version.existing,
        repeated=version.repeated,
        most_rejected=version.most_rejected,
        mode=record.mode,
        hidden=version.hidden,
        limits=limits or Limits(),
        known=_known(record),
        reading=reading,
    )


def as_kept(facts: SheetFacts) -> str:
    """What was counted in a sheet, as the record of its import keeps it."""
    return msgspec.json.encode(facts).decode()


def _known(record: Import) -> SheetFacts | None:
    """What was counted in the sheet, if the version of Longshore that is running now can read that."""
    with suppress(msgspec.MsgspecError):
        return msgspec.json.decode(record.facts or "null", type=SheetFacts | None)
    return None


def _with_replacements(columns: Sequence[TemplateColumn], wanted: Sequence[Replacement]) -> list[TemplateColumn]:
    """What an import replaces comes after what its template does, and so counts."""
    more: dict[str, list[tuple[str, str | None]]] = {}
    for field, text, instead in wanted:
        more.setdefault(field, []).append((text, instead))
    return [
        replace(column, replacements=(*column.replacements, *more[column.field])) if column.field in more else column
        for column in columns
    ]
