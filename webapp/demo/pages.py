"""What the page of the demonstration shows: both styles of each job side by side, and how their jobs stand."""

import inspect
from functools import partial
from typing import Any

from flask import abort, render_template
from flask_login import current_user

from webapp.campaigns.jobs import HANDLERS
from webapp.commerce.jobs import PROCESSING, REPORTING, STYLES
from webapp.db import db
from webapp.jobs import Handler, Job
from webapp.web.job_regions import are_moving, are_restless, views, visible
from webapp.web.live import Live

from .places import checkpoint_words
from .stages import STAGES, Stage

SHOWN: dict[str, tuple[str, int, float, dict[str, Handler]]] = {
    "orders": ("Process 1,000 orders", 1_000, 0.01, PROCESSING),
    "reports": ("Report on 20 customers with 50 orders each", 20, 0.01, REPORTING),
    "campaign": ("Send a campaign to 500 recipients", 500, 0.02, HANDLERS),
}
"""Of each demonstration its heading, how many items it has here, the seconds waited for each, and its handlers."""


def page(_subject: str = "") -> Live:
    """The live parts: for each job and style the last job that the reader may see. Aborts with 404 for others."""
    if not current_user.is_admin:
        abort(404)
    places = [(stage, style) for stage in STAGES.values() for style in STYLES]
    regions = {f"demo-{stage.name}-{style}": partial(_region, stage, style) for stage, style in places}
    jobs = [job for stage, style in places if (job := _last_job(stage, style))]
    return Live("demo", "", tuple(visible()), regions, lambda: are_moving(jobs), are_restless(jobs))


def shows() -> list[dict[str, Any]]:
    """What stands still on the page: headings, and the code of both styles as it is."""
    return [
        {"name": name, "heading": heading, "styles": [(style, _source(handlers[style])) for style in STYLES]}
        for name, (heading, _, _, handlers) in SHOWN.items()
    ]


def _region(stage: Stage, style: str) -> str:
    job = _last_job(stage, style)
    shown = {"job": views([job])[0], "place": checkpoint_words(db.session, job)} if job else {"job": None}
    return render_template("demo/_standing.html", region=f"demo-{stage.name}-{style}", **shown)


def _last_job(stage: Stage, style: str) -> Job | None:
    """The newest job on this stage in this style of somebody whose jobs the reader may see."""
    organization_id = stage.known_organization(db.session, style)
    if organization_id is None:
        return None
    jobs = stage.jobs(db.session, organization_id).where(Job.owner_id.in_(visible()))
    found: Job | None = db.session.scalar(jobs.limit(1))
    return found


def _source(handler: Handler) -> str:
    return inspect.getsource(handler.function).strip()
