"""What the pages of checks show: how far the look is, what the import would do, and what is wrong with values."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from flask import abort, render_template, url_for
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from webapp.datasets.changes import CHANGED, NEW
from webapp.db import db
from webapp.web.job_regions import are_moving, job_context, job_or_404, job_region, owners, visible
from webapp.web.live import Live, id_in

from ..errors import ReplacementMissing
from ..models import CHECK, Check, Import, ProblemGroup
from ..running.all_or_nothing import MOST_ROWS
from ..running.plans import Replacement
from ..running.rejections import OTHER_VALUES
from ..targets.target import target_of
from ..templates import keeping
from ..templates import service as templates
from . import service as checking
from .jobs import check_of, import_of_check

GROUPS_SHOWN = 50
ABOUT_ROWS = {"repeated", "exists", "absent", "poison", "required", "missing"}
"""Reasons that no other value of the cell would mend."""
LONGEST_VALUE = 200
"""Characters of a value that are kept: of one that is as long, nobody can tell whether it went on."""
FIGURES = {"integer", "decimal", "percent", "duration"}
AS_BLANK, INSTEAD = "blank", "instead"


def import_or_404(import_id: int) -> Import:
    """The import, if the reader may see what its owner does."""
    found = db.session.get(Import, import_id)
    return found if found is not None and found.created_by in visible() else abort(404)


def check_context(record: Import) -> dict[str, Any]:
    """What the page of a check shows."""
    job = check_of(db.session, record.id)
    check = checking.find(db.session, record.id)
    return {
        "record": record,
        "upload": record.upload,
        "template_url": url_for("imports.template", template_id=record.template_id),
        "job": None,
        **(job_context(job) if job else {}),
        **result_context(record, check),
    }


def result_context(record: Import, check: Check | None) -> dict[str, Any]:
    """What a check has found so far."""
    groups = list(db.session.scalars(checking.groups_of(record.id, CHECK).limit(GROUPS_SHOWN)))
    started = import_of_check(db.session, record)
    fields = {column.field: column.header for column in record.version.columns}
    return {
        "import_id": record.id,
        "most_rows": MOST_ROWS,
        "most_rejected": record.version.most_rejected,
        "again_key": f"check {record.id} {check.finished_at.timestamp() if check and check.finished_at else 0}",
        "check": check,
        "is_done": check is not None and check.finished_at is not None,
        "is_stale": check is not None and checking.is_stale(db.session, check, _target(record)),
        "groups": [(group, can_be_mended(group)) for group in groups],
        "typed": {},
        "lacking": None,
        "headers": fields,
        "figures": {column.field for column in record.version.columns if column.type in FIGURES},
        "changed": checking.rows_that(db.session, record.id, CHANGED),
        "new": checking.rows_that(db.session, record.id, NEW),
        **decisions_context(record),
        "import_url": url_for("imports.job", template_id=record.template_id, job_id=started.id) if started else None,
    }


def decisions_context(record: Import) -> dict[str, Any]:
    """What was decided about values of an import, and how its template stands to that; nothing, without a template."""
    is_in_use = templates.find(db.session, current_user.organization_id, record.template_id) is not None
    decided = keeping.decisions_of(record)
    return {
        "decided": [(each, msgspec.json.encode(each.replacement).decode()) for each in decided],
        "may_keep": is_in_use and any(each.state == keeping.OPEN for each in decided),
        "template_name": record.template.name,
    }


def chosen_decisions(form: MultiDict[str, str]) -> list[Replacement]:
    """The decisions that a person ticked; nothing else is taken for one."""
    try:
        return [msgspec.json.decode(text, type=Replacement) for text in form.getlist("keep")]
    except msgspec.MsgspecError:
        abort(400)


def can_be_mended(group: ProblemGroup) -> bool:
    """Whether another value may stand in for the one of this group."""
    is_one = group.value != OTHER_VALUES and 0 < len(group.value) < LONGEST_VALUE
    return is_one and group.code not in ABOUT_ROWS


def decisions(record: Import, form: Mapping[str, str]) -> Sequence[Replacement]:
    """What a person decided about the groups of a check's problems. Raises ReplacementMissing."""
    decided: list[Replacement] = []
    for group in db.session.scalars(checking.groups_of(record.id, CHECK).limit(GROUPS_SHOWN)):
        action = form.get(f"action-{group.id}")
        if action == AS_BLANK and can_be_mended(group):
            decided.append((group.field, group.value, None))
        elif action == INSTEAD and can_be_mended(group):
            decided.append((group.field, group.value, _instead(group, form.get(f"instead-{group.id}", ""))))
    return decided


def typed(form: Mapping[str, str]) -> Mapping[int, tuple[str, str]]:
    """What a refused form says about each group, by the group's id: the action, and the text to take instead."""
    groups = (name.removeprefix("action-") for name in form if name.startswith("action-"))
    return {int(id_): (form[f"action-{id_}"], form.get(f"instead-{id_}", "")) for id_ in groups if id_.isdecimal()}


def check_page(subject: str) -> Live:
    """The live part of a check's page: its job and what it found. `subject` is the import's id."""
    record = import_or_404(id_in(subject))
    job = check_of(db.session, record.id)
    if job is None:
        return Live("check", subject, tuple(visible()))
    regions = {
        f"job-{job.id}": lambda: job_region(job_or_404(job.id)),
        f"check-{record.id}": lambda: _result_region(record.id),
    }
    return Live("check", subject, owners([job]), regions, lambda: are_moving([job]))


def _result_region(import_id: int) -> str:
    record = import_or_404(import_id)
    return render_template("imports/_check.html", **result_context(record, checking.find(db.session, import_id)))


def _instead(group: ProblemGroup, text: str) -> str:
    if not text.strip():
        raise ReplacementMissing(value=group.value, header=group.header, group=group.id)
    return text.strip()


def _target(record: Import) -> Any:
    return target_of(record.template, record.version.columns)
