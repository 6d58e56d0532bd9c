"""Import templates: made from a workbook's columns, found again, checked against the next workbook."""

from collections.abc import Sequence
from datetime import datetime

import msgspec
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.datasets import service as datasets
from webapp.db import lock
from webapp.sheets import ProposedColumn, WorkbookReport

from ..errors import FieldUnknown, TemplateNameTaken, TemplateNotFound
from ..models import ImportTemplate, TemplateVersion
from .columns import TemplateColumn
from .drafts import Draft


def create(
    session: Session, *, organization_id: int, created_by: int | None, name: str, dataset: str, sheet: str | None,
    columns: Sequence[TemplateColumn], at: datetime,
) -> ImportTemplate:  # fmt: skip
    """Makes a template and, if need be, its dataset. A column of the key is always required.

    Raises TemplateNameTaken, and what `datasets.ensure` raises.
    """
    draft = Draft(name=name, columns=columns, sheet=sheet)
    return create_from(session, draft, organization_id=organization_id, created_by=created_by, dataset=dataset, at=at)


def create_from(
    session: Session, draft: Draft, *, organization_id: int, created_by: int | None, dataset: str, at: datetime
) -> ImportTemplate:
    """Makes a template that says what the draft says and, if need be, its dataset. Raises as `create` does."""
    refuse_taken(session, draft.name, organization_id)
    fields = [datasets.NewColumn(column.field, column.header, column.type) for column in draft.columns]
    target = datasets.ensure(session, organization_id, dataset, fields, at)
    template = ImportTemplate(
        organization_id=organization_id, dataset=target, name=draft.name, created_by=created_by, created_at=at
    )
    template.versions = [version_of(draft, 1, created_by, at)]
    session.add(template)
    session.flush()
    session.refresh(template, ["version"])
    return template


def find(session: Session, organization_id: int, template_id: int) -> ImportTemplate | None:
    """The organization's template, or None."""
    return session.scalar(_in_use(organization_id).where(ImportTemplate.id == template_id))


def find_by_name(session: Session, name: str, organization_id: int) -> ImportTemplate | None:
    """The organization's template of that name, or None."""
    return session.scalar(_in_use(organization_id).where(ImportTemplate.name == name))


def hold_names(session: Session, organization_id: int) -> None:
    """Until the transaction ends, nobody else names a template of the organization: before a name is looked for."""
    lock(session, f"templates:{organization_id}")


def refuse_taken(session: Session, name: str, organization_id: int) -> None:
    """Raises TemplateNameTaken. A name that is free stays so for this transaction."""
    hold_names(session, organization_id)
    if find_by_name(session, name, organization_id) is not None:
        raise TemplateNameTaken(name=name)


def get_by_name(session: Session, name: str, organization_id: int) -> ImportTemplate:
    """The organization's template of that name. Raises TemplateNotFound."""
    template = find_by_name(session, name, organization_id)
    if template is None:
        raise TemplateNotFound(name=name)
    return template


def all_of(session: Session, organization_id: int) -> list[ImportTemplate]:
    """The organization's templates, by name."""
    return list(session.scalars(_in_use(organization_id).order_by(ImportTemplate.name)))


def choices_from(report: WorkbookReport, keys: Sequence[str] = ()) -> list[TemplateColumn]:
    """The columns that the workbook proposes, with these headers or fields as the key.

    Raises FieldUnknown for a key that is not among them.
    """
    known = {name for column in report.proposed for name in (column.header, column.field)}
    for key in keys:
        if key not in known:
            raise FieldUnknown(name=key, headers=", ".join(column.header for column in report.proposed))
    return [_choice(column, keys) for column in report.proposed]


def version_of(draft: Draft, number: int, created_by: int | None, at: datetime) -> TemplateVersion:
    """The draft as a version that no template has yet."""
    return TemplateVersion(
        number=number,
        sheet=draft.sheet,
        hidden=draft.hidden,
        existing=draft.existing,
        repeated=draft.repeated,
        most_rejected=draft.most_rejected,
        stored_columns=msgspec.json.encode(draft.columns).decode(),
        created_by=created_by,
        created_at=at,
    )


def _in_use(organization_id: int) -> Select[tuple[ImportTemplate]]:
    """The templates that were not deleted."""
    query = select(ImportTemplate).where(ImportTemplate.organization_id == organization_id)
    return query.where(ImportTemplate.deleted_at.is_(None))


def _choice(column: ProposedColumn, keys: Sequence[str]) -> TemplateColumn:
    key = column.header in keys or column.field in keys
    return TemplateColumn(
        column.header,
        column.field,
        column.type,
        required=column.required or key,
        date_format=column.date_format,
        decimal_sign=column.decimal_sign,
        key=key,
    )
