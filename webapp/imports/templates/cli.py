"""`bin/flask imports blank` and `imports templates …`: templates for scripts. Exit code 0 done, 1 failed."""

from pathlib import Path
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.accounts.service import first_admin, get_by_email
from webapp.db import reading
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import print_facts

from ..cli import group
from ..models import ImportTemplate, TemplateVersion
from . import service as templates
from .blank import blank_workbook
from .columns import TemplateColumn
from .differences import differences
from .rule_words import rules_of

described = Commands("templates", help="Import templates: list them, show one, show its versions.")

whose = click.option("--owner", metavar="EMAIL", help="In whose organization; the first admin's unless given.")
named = click.argument("name", metavar="TEMPLATE")
output = click.Path(dir_okay=False, writable=True, path_type=Path)


@group.command("blank")
@named
@click.option("--to", "target", type=output, required=True, help="The workbook to write.")
@whose
@as_json
def blank(name: str, target: Path, owner: str | None, json_: bool) -> None:
    """Write a blank workbook to fill in for a template."""
    with reading() as session:
        template = _named(session, name, owner)
        target.write_bytes(blank_workbook(template.name, template.version.sheet, template.columns))
    count = len(template.columns)
    print_facts({"template": name, "file": str(target), "columns": count}, json_, f"{count} columns in {target}.")


@described.command("list")
@whose
@as_json
def list_templates(owner: str | None, json_: bool) -> None:
    """List the import templates, by name."""
    with reading() as session:
        found = [_about(template) for template in templates.all_of(session, _organization(session, owner))]
    words = [f"{each['name']}  version {each['version']}, {each['columns']} columns" for each in found]
    print_facts({"templates": found}, json_, "\n".join(words) or "There is no import template yet.")


@described.command("show")
@named
@whose
@as_json
def show(name: str, owner: str | None, json_: bool) -> None:
    """Show one import template with its columns and their rules."""
    with reading() as session:
        template = _named(session, name, owner)
        facts = _about(template) | _policies(template.version) | {"columns": list(map(_column, template.columns))}
    words = [f"{each['header']} → {each['field']}, {each['type']}. {each['rules']}" for each in facts["columns"]]
    print_facts(facts, json_, "\n".join([f"{template.name}, version {template.number}", *map(str.rstrip, words)]))


@described.command("versions")
@named
@whose
@as_json
def versions(name: str, owner: str | None, json_: bool) -> None:
    """Show all versions of an import template, with what each changed."""
    with reading() as session:
        found = list(_named(session, name, owner).versions)
    shown = [_version(each, before) for each, before in zip(found, [None, *found[:-1]], strict=True)]
    print_facts({"template": name, "versions": shown}, json_, "\n".join(map(_in_words, shown)))


def _named(session: Session, name: str, owner: str | None) -> ImportTemplate:
    return templates.get_by_name(session, name, _organization(session, owner))


def _organization(session: Session, owner: str | None) -> int:
    return (get_by_email(session, owner) if owner else first_admin(session)).organization_id


def _about(template: ImportTemplate) -> dict[str, Any]:
    return {
        "template_id": template.id,
        "name": template.name,
        "version": template.number,
        "target": template.target,
        "dataset": template.dataset.name if template.dataset else None,
        "columns": len(template.columns),
    }


def _policies(version: TemplateVersion) -> dict[str, Any]:
    names = ("sheet", "existing", "repeated", "hidden", "most_rejected")
    return {name: getattr(version, name) for name in names}


def _column(column: TemplateColumn) -> dict[str, Any]:
    names = ("header", "aliases", "field", "type", "required", "key", "unique")
    return {name: getattr(column, name) for name in names} | {"rules": " ".join(rules_of(column))}


def _version(version: TemplateVersion, before: TemplateVersion | None) -> dict[str, Any]:
    changed = differences(before, version) if before is not None else []
    return {
        "version": version.number,
        "saved_at": version.created_at.isoformat(),
        "changes": [vars(difference) for difference in changed],
    }


def _in_words(shown: dict[str, Any]) -> str:
    changes = map(_change_in_words, shown["changes"])
    return "\n".join([f"Version {shown['version']}, {shown['saved_at'][:10]}", *changes])


def _change_in_words(change: dict[str, Any]) -> str:
    before, now = (change[when] or "not set" for when in ("before", "now"))
    return f"  {change['column'] or 'The whole template'}, {change['part']}: {before} → {now}"
