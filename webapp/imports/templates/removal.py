"""Deleting a template: it goes from every list, while what was imported by it, and the story of that, stays."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from ..models import HeaderMapping, Import, ImportTemplate

NAME_LENGTH = 200


@dataclass(frozen=True)
class Belongings:
    """How much belongs to a template."""

    versions: int
    mappings: int
    imports: int


def belongings_of(session: Session, template: ImportTemplate) -> Belongings:
    """What there is of a template: said before it is deleted."""
    mappings = select(func.count()).where(HeaderMapping.template_id == template.id)
    imports = select(func.count()).where(Import.template_id == template.id)
    return Belongings(template.number, session.scalar(mappings) or 0, session.scalar(imports) or 0)


def remove(session: Session, template: ImportTemplate, at: datetime) -> None:
    """Takes a template out of use and frees its name. Its versions stay for the imports that ran under them, which can
    still be read and undone; what it remembered of headers goes.
    """
    session.execute(delete(HeaderMapping).where(HeaderMapping.template_id == template.id))
    ending = f" (deleted {at:%Y-%m-%d}, no. {template.id})"
    template.name, template.deleted_at = template.name[: NAME_LENGTH - len(ending)] + ending, at
