"""What the pages of templates show besides their imports: the editor, versions, deletion."""

from collections.abc import Iterable
from typing import Any

from flask import abort
from sqlalchemy import select

from webapp.accounts.models import User
from webapp.db import db

from ..models import ImportTemplate, TemplateVersion
from ..pages import about_columns, about_template, version_url
from . import editing, policies
from .differences import differences


def version_or_404(template: ImportTemplate, number: int) -> TemplateVersion:
    """The version of the template with this number."""
    return editing.version(db.session, template.id, number) or abort(404)


def versions_context(template: ImportTemplate) -> dict[str, Any]:
    """What the page of all versions shows, the newest first."""
    versions = list(template.versions)
    names = _names(version.created_by for version in versions)
    before = [None, *versions[:-1]]
    shown = [about_version(version, older, names) for version, older in zip(versions, before, strict=True)]
    return {"template": about_template(template), "versions": shown[::-1]}


def version_context(template: ImportTemplate, version: TemplateVersion) -> dict[str, Any]:
    """What the page of one version shows."""
    older = editing.version(db.session, template.id, version.number - 1)
    return {
        "template": about_template(template),
        "version": about_version(version, older, _names([version.created_by])),
        "columns": about_columns(version.columns),
        "policies": _policies(version),
    }


def about_version(version: TemplateVersion, older: TemplateVersion | None, names: dict[int, str]) -> dict[str, Any]:
    """A version, who made it, and what it changed in the one before."""
    return {
        "number": version.number,
        "by": names.get(version.created_by or 0),
        "at": version.created_at,
        "differences": differences(older, version) if older is not None else [],
        "is_first": older is None,
        "url": version_url(version),
    }


def _policies(version: TemplateVersion) -> list[tuple[str, str]]:
    return [
        ("Sheet", version.sheet or "The first with cells"),
        ("Rows that are there already", policies.EXISTING.get(version.existing, version.existing)),
        ("Keys that come twice", policies.REPEATED.get(version.repeated, version.repeated)),
        ("Hidden rows and columns", policies.HIDDEN.get(version.hidden, version.hidden)),
        ("Ends after", f"{version.most_rejected:,} rejected rows"),
    ]


def _names(ids: Iterable[int | None]) -> dict[int, str]:
    """Names of people, by their ids."""
    people = db.session.execute(select(User.id, User.name, User.email).where(User.id.in_({i for i in ids if i})))
    return {person.id: person.name or person.email for person in people}
