"""Changing a template: each edit makes its next version, and none is ever changed (B24). The dataset follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from webapp.datasets import fitting
from webapp.datasets.service import NewColumn, hold

from ..errors import FieldNotInTable, KeyFixed, TemplateChanged
from ..models import ImportTemplate, TemplateVersion
from ..targets import tables
from .columns import TemplateColumn
from .differences import differences
from .drafts import Draft
from .service import refuse_taken, version_of


@dataclass(frozen=True)
class Edited:
    """What came of an edit: the version that counts now, whether it is new, and the fields that the dataset got."""

    number: int
    is_new: bool
    new_fields: Sequence[str]


def draft_of(template: ImportTemplate) -> Draft:
    """The template as it is, to begin an edit with."""
    version = template.version
    return Draft(
        name=template.name,
        columns=version.columns,
        sheet=version.sheet,
        hidden=version.hidden,
        existing=version.existing,
        repeated=version.repeated,
        most_rejected=version.most_rejected,
    )


def edit(
    session: Session, template_id: int, draft: Draft, *, started_from: int, edited_by: int | None, at: datetime
) -> Edited:
    """Makes the draft, in which `drafts.troubles_of` found nothing, the next version of a template. An edit that
    changes nothing makes none.

    Raises TemplateChanged if the template is no longer at the version that the edit started from, TemplateNameTaken,
    KeyFixed, and `FieldTypeDiffers` of datasets. Nothing may be committed then.
    """
    template = session.get_one(ImportTemplate, template_id, populate_existing=True)
    _rename(session, template, draft.name)
    if not differences(template.version, draft):
        return Edited(template.number, is_new=False, new_fields=())
    _take_number(session, template, started_from)
    new_fields = _fit_dataset(session, template, draft.columns, at)
    template.versions.append(version_of(draft, started_from + 1, edited_by, at))
    session.flush()
    session.refresh(template, ["number", "version"])
    return Edited(template.number, is_new=True, new_fields=new_fields)


def _rename(session: Session, template: ImportTemplate, name: str) -> None:
    if name == template.name:
        return
    refuse_taken(session, name, template.organization_id)
    template.name = name
    session.flush()


def _take_number(session: Session, template: ImportTemplate, started_from: int) -> None:
    """Only one edit gets the number after the one that it started from."""
    this = update(ImportTemplate).where(ImportTemplate.id == template.id, ImportTemplate.number == started_from)
    taken = session.scalar(this.values(number=started_from + 1).returning(ImportTemplate.id))
    if taken is None:
        raise TemplateChanged(number=template.number)


def _fit_dataset(
    session: Session, template: ImportTemplate, columns: Sequence[TemplateColumn], at: datetime
) -> Sequence[str]:
    """Gives the dataset the fields that it lacks, and answers them. Built-in tables have the fields that they have."""
    dataset = template.dataset
    if dataset is None:
        _check_fields(template, columns)
        return ()
    hold(session, dataset.id)
    has_rows = fitting.has_rows(session, dataset.id)
    if has_rows and _key(template.columns) != _key(columns):
        present = ", then ".join(column.header for column in template.columns if column.key)
        raise KeyFixed(dataset=dataset.name, key=f"told apart by {present}" if present else "not told apart by any key")
    before = {column.field: column.header for column in template.columns}
    wanted = [NewColumn(column.field, column.header, column.type) for column in columns]
    return fitting.fit(dataset, wanted, before, may_change_types=not has_rows, at=at)


def _check_fields(template: ImportTemplate, columns: Sequence[TemplateColumn]) -> None:
    """A built-in table has the fields that it has."""
    built_in = tables.find(template.target)
    known = {column.field for column in built_in.columns} if built_in is not None else set()
    for column in columns:
        if built_in is not None and not built_in.is_open_ended and column.field not in known:
            raise FieldNotInTable(table=built_in.title, field=column.field, fields=", ".join(sorted(known)))


def _key(columns: Sequence[TemplateColumn]) -> list[str]:
    """Fields of the key, in the order in which rows keep their values."""
    return [column.field for column in columns if column.key]


def version(session: Session, template_id: int, number: int) -> TemplateVersion | None:
    """The version of a template with this number, or None."""
    query = select(TemplateVersion).where(TemplateVersion.template_id == template_id)
    return session.scalar(query.where(TemplateVersion.number == number))
