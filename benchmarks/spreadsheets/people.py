"""Whoever imports, and the template by which it is done."""

from dataclasses import dataclass, replace

from webapp.accounts import passwords, service
from webapp.db import writing
from webapp.imports import submission
from webapp.imports.models import ImportTemplate
from webapp.imports.templates import service as templates
from webapp.sheets import WorkbookReport

from ..visitors import PASSWORD
from .rows import COLUMNS, FIELDS

TEMPLATE = "Entries"


@dataclass(frozen=True)
class Person:
    """A user of the current application."""

    id: int
    organization_id: int


def person(email: str) -> Person:
    """A new one, an admin of the one organization: they see each other’s jobs."""
    with writing() as session:
        user = service.create_user(
            session, email=email, name="Ada", role="admin", organization="Office",
            password_hash=passwords.hashed(PASSWORD),
        )  # fmt: skip
        return Person(user.id, user.organization_id)


def template_for(report: WorkbookReport, owner: Person) -> ImportTemplate:
    """The template for workbooks of the ten columns, made the first time."""
    with writing() as session:
        found = templates.find_by_name(session, TEMPLATE, owner.organization_id)
        if found is not None:
            return found
        assert [column.field for column in report.proposed] == FIELDS
        proposed = templates.choices_from(report, FIELDS[:1])
        choices = [replace(choice, type=type_) for choice, (_, type_) in zip(proposed, COLUMNS, strict=True)]
        return submission.make_template(
            session, report, owner.organization_id, owner.id, name=TEMPLATE, dataset=TEMPLATE, columns=choices
        )
