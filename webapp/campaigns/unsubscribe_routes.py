"""The page behind the link in each message: one press, and no more messages come.

Whoever has the link may do that, signed in or not: the link is signed. Programs of mail press by themselves, without a
form or a cookie (RFC 8058), so there is no token of a form either; nothing but the link counts.
"""

from datetime import UTC, datetime

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from webapp.db import db, writing
from webapp.web import csrf
from webapp.web.policy import anyone

from .jobs import links
from .unsubscribing import is_unsubscribed, unsubscribe

blueprint = Blueprint("unsubscribing", __name__, url_prefix="/unsubscribe")


@blueprint.get("/<token>")
@anyone
def page(token: str) -> ResponseReturnValue:
    """Asks whether the reader wants no more. Looking changes nothing: programs look at every link of a message."""
    reader = links().reader_of(token)
    is_done = is_unsubscribed(db.session, reader)
    return render_template("campaigns/unsubscribe.html", reader=reader, token=token, is_done=is_done)


@blueprint.post("/<token>")
@csrf.exempt
@anyone
def press(token: str) -> ResponseReturnValue:
    """Notes that the reader wants no more; however often it is pressed."""
    reader = links().reader_of(token)
    with writing() as session:
        unsubscribe(session, reader, datetime.now(UTC))
    return render_template("campaigns/unsubscribe.html", reader=reader, token=token, is_done=True)
