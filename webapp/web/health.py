"""Whether the installation is alive, for whatever watches over it. No details: anybody may ask."""

from flask import Blueprint
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from webapp import migrations
from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import clock, workers_alive
from webapp.jobs.outages import reason_of

from .policy import anyone, passive

blueprint = Blueprint("health", __name__)


@blueprint.get("/livez")
@anyone
@passive
def livez() -> ResponseReturnValue:
    """Answers as long as this process does."""
    return {"alive": True}


@blueprint.get("/readyz")
@anyone
@passive
def readyz() -> ResponseReturnValue:
    """Says whether requests can be served and jobs will run, and if not, why."""
    reason = why_not_ready()
    return {"ready": True} if reason is None else ({"ready": False, "reason": reason}, 503)


def why_not_ready() -> str | None:
    """A sentence saying what is missing, or None."""
    try:
        if not migrations.is_current():
            return "The database does not have this version's schema."
        with reading() as session:
            if not workers_alive(session, clock.now()):
                return "No worker was seen lately."
    except SQLAlchemyError as error:
        kernel.complaints.tell("ready", "not ready: %s", reason_of(error))
        return "The database does not answer."
    return None
