"""Templates for built-in tables: ready-made with all the table's columns, or made from a workbook's header."""

from collections.abc import Sequence
from datetime import datetime
from itertools import count

import msgspec
from sqlalchemy.orm import Session

from webapp.sheets import Converter, WorkbookReport

from ..errors import PartUnknown, TargetUnknown
from ..models import ImportTemplate, TemplateVersion
from ..targets import choices as table_choices
from ..targets import tables
from ..targets.tables import BuiltIn
from . import service as templates
from .columns import TemplateColumn


def ensure(
    session: Session, organization_id: int, created_by: int, built_in: BuiltIn, into_id: int | None, at: datetime,
    report: WorkbookReport | None = None,
) -> ImportTemplate:  # fmt: skip
    """The organization's oldest template for this table, or this part of it; the first time, one with all its columns.
    Where a table takes others besides, they are those of the workbook reported on.

    Raises PartUnknown.
    """
    title = title_of(session, organization_id, built_in, into_id)
    templates.hold_names(session, organization_id)
    found = next(
        (each for each in templates.all_of(session, organization_id) if _is_for(each, built_in, into_id)), None
    )
    if found is not None:
        return found
    names = (title if number == 1 else f"{title} {number}" for number in count(1))
    name = next(name for name in names if templates.find_by_name(session, name, organization_id) is None)
    columns = [*built_in.columns, *(_others(report, built_in) if report is not None else [])]
    return _make(session, organization_id, created_by, name, built_in, into_id, columns, at)


def from_report(
    session: Session, organization_id: int, created_by: int, name: str, target: str, into: str | None,
    report: WorkbookReport, at: datetime,
) -> ImportTemplate:  # fmt: skip
    """A template for workbooks like the one reported on, into the table `target`; `into` names the part of it.

    Raises TargetUnknown, PartUnknown, TemplateNameTaken, and WorkbookRefused for a workbook that lacks a column.
    """
    built_in = tables.find(target)
    if built_in is None:
        raise TargetUnknown(name=target)
    templates.refuse_taken(session, name, organization_id)
    into_id = built_in.parts.id(session, organization_id, into or "") if built_in.parts else None
    title_of(session, organization_id, built_in, into_id)
    Converter(built_in.columns, report.header)
    columns = [*built_in.columns, *_others(report, built_in)]
    return _make(session, organization_id, created_by, name, built_in, into_id, columns, at)


def title_of(session: Session, organization_id: int, built_in: BuiltIn, into_id: int | None) -> str:
    """What the rows go to, in words: "Customers", "Recipients of News". Raises PartUnknown."""
    if built_in.parts is None and into_id is None:
        return built_in.title
    if built_in.parts is None:
        raise PartUnknown(noun="part")
    name = built_in.parts.name(session, organization_id, into_id) if into_id is not None else None
    if name is None:
        raise PartUnknown(noun=built_in.parts.noun)
    return f"{built_in.title} of {name}"


def _is_for(template: ImportTemplate, built_in: BuiltIn, into_id: int | None) -> bool:
    return (template.target, template.into_id) == (built_in.name, into_id)


def _others(report: WorkbookReport, built_in: BuiltIn) -> list[TemplateColumn]:
    """The columns of the workbook that the table takes besides its own."""
    labels = table_choices.others(built_in, report.header) if built_in.is_open_ended else ()
    return [TemplateColumn(each.header, each.field) for each in report.proposed if each.header in labels]


def _make(
    session: Session, organization_id: int, created_by: int, name: str, built_in: BuiltIn, into_id: int | None,
    columns: Sequence[TemplateColumn], at: datetime,
) -> ImportTemplate:  # fmt: skip
    template = ImportTemplate(
        organization_id=organization_id, target=built_in.name, into_id=into_id, name=name[:200], created_by=created_by,
        created_at=at,
    )  # fmt: skip
    stored = msgspec.json.encode(list(columns)).decode()
    template.versions = [TemplateVersion(number=1, stored_columns=stored, created_by=created_by, created_at=at)]
    session.add(template)
    session.flush()
    session.refresh(template, ["version"])
    return template
