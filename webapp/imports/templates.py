"""Import templates: made from a workbook's columns, found again, checked against the next workbook."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.datasets import service as datasets
from webapp.sheets import Column, ProposedColumn, WorkbookReport

from .errors import FieldUnknown, TemplateNameTaken, TemplateNotFound
from .models import ImportTemplate, TemplateColumn


@dataclass(frozen=True)
class ColumnChoice:
    """What a person decided about a column of the workbook."""

    header: str
    field: str
    type: str
    required: bool = False
    key: bool = False


def create(
    session: Session, *, organization_id: int, created_by: int | None, name: str, dataset: str, sheet: str | None,
    columns: Sequence[ColumnChoice], at: datetime,
) -> ImportTemplate:  # fmt: skip
    """Makes a template and, if need be, its dataset. A column of the key is always required.

    Raises TemplateNameTaken, and what `datasets.ensure` raises.
    """
    if find_by_name(session, name, organization_id) is not None:
        raise TemplateNameTaken(name=name)
    fields = [datasets.NewColumn(column.field, column.header, column.type) for column in columns]
    target = datasets.ensure(session, organization_id, dataset, fields, at)
    template = ImportTemplate(
        organization_id=organization_id, dataset=target, name=name, sheet=sheet, created_by=created_by, created_at=at
    )
    template.columns = [_column(position, column) for position, column in enumerate(columns)]
    session.add(template)
    session.flush()
    return template


def find(session: Session, organization_id: int, template_id: int) -> ImportTemplate | None:
    """The organization's template, or None."""
    query = select(ImportTemplate).where(ImportTemplate.id == template_id)
    return session.scalar(query.where(ImportTemplate.organization_id == organization_id))


def find_by_name(session: Session, name: str, organization_id: int) -> ImportTemplate | None:
    """The organization's template of that name, or None."""
    query = select(ImportTemplate).where(ImportTemplate.name == name)
    return session.scalar(query.where(ImportTemplate.organization_id == organization_id))


def get_by_name(session: Session, name: str, organization_id: int) -> ImportTemplate:
    """The organization's template of that name. Raises TemplateNotFound."""
    template = find_by_name(session, name, organization_id)
    if template is None:
        raise TemplateNotFound(name=name)
    return template


def all_of(session: Session, organization_id: int) -> list[ImportTemplate]:
    """The organization's templates, by name."""
    query = select(ImportTemplate).where(ImportTemplate.organization_id == organization_id)
    return list(session.scalars(query.order_by(ImportTemplate.name)))


def choices_from(report: WorkbookReport, keys: Sequence[str] = ()) -> list[ColumnChoice]:
    """The columns that the workbook proposes, with these headers or fields as the key.

    Raises FieldUnknown for a key that is not among them.
    """
    known = {name for column in report.proposed for name in (column.header, column.field)}
    for key in keys:
        if key not in known:
            raise FieldUnknown(name=key, headers=", ".join(column.header for column in report.proposed))
    return [_choice(column, keys) for column in report.proposed]


def columns_of(template: ImportTemplate) -> list[Column]:
    """The template's columns as the reader of workbooks knows them."""
    return [Column(column.header, column.field, column.type, column.required) for column in template.columns]


def _choice(column: ProposedColumn, keys: Sequence[str]) -> ColumnChoice:
    key = column.header in keys or column.field in keys
    return ColumnChoice(column.header, column.field, column.type, column.required or key, key)


def _column(position: int, column: ColumnChoice) -> TemplateColumn:
    return TemplateColumn(
        position=position, header=column.header, field=column.field, type=column.type,
        required=column.required or column.key, key=column.key,
    )  # fmt: skip
