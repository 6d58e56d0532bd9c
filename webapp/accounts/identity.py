"""Who is signed in, for Flask-Login: a token in the signed cookie leads to a session in the database, to its user.

There is no remember cookie, and nothing but sign-in and sign-out changes who the cookie names: an answer that arrives
late must not sign somebody in again who has signed out.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from flask import Flask, Response, current_app, redirect, request, session, url_for
from flask_login import LoginManager, current_user, logout_user
from sqlalchemy.exc import OperationalError
from werkzeug.exceptions import Unauthorized
from werkzeug.wrappers import Response as BaseResponse

from webapp.db import db, writing
from webapp.extensions import kernel
from webapp.jobs.outages import is_outage, reason_of
from webapp.web.policy import counts_as_use
from webapp.web.redirects import safe_path
from webapp.web.unchanged import Unchanged

from . import sessions
from .moments import now
from .sessions import SEEN_EVERY, Limits, OpenSession


@dataclass(frozen=True)
class Membership:
    """The organization of a signed-in person."""

    id: int
    name: str


@dataclass(frozen=True)
class Person:
    """The person who is signed in, as `current_user` shows them to pages and routes."""

    id: int
    email: str
    name: str
    role: str
    organization: Membership
    session_id: str
    last_seen_at: datetime
    token: str = field(repr=False)
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    @property
    def organization_id(self) -> int:
        """The id of their organization."""
        return self.organization.id

    @property
    def is_admin(self) -> bool:
        """Whether they administer their organization."""
        return self.role == "admin"

    def get_id(self) -> str:
        """What the cookie keeps: the token of their session."""
        return self.token


def init_app(app: Flask) -> None:
    """Tells the application who is signed in, and what happens to those who are not."""
    app.config |= {
        "SESSION_LIMITS": Limits(
            idle=timedelta(hours=app.config["SESSION_IDLE_HOURS"]), absolute=timedelta(days=app.config["SESSION_DAYS"])
        ),
        "PERMANENT_SESSION_LIFETIME": timedelta(days=app.config["SESSION_DAYS"]),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "SESSION_PROTECTION": None,
    }
    manager = LoginManager(app)
    manager.user_loader(load_person)
    app.register_error_handler(Unauthorized, ask_to_sign_in)
    app.before_request(note_use)
    app.wsgi_app = Unchanged(app, load_person)  # type: ignore[method-assign]


def load_person(token: str) -> Person | None:
    """The person whose open session has this token."""
    found = sessions.find(db.engine, token, current_app.config["SESSION_LIMITS"])
    return None if found is None else _person(found, token)


def ask_to_sign_in(_error: Unauthorized) -> BaseResponse:
    """Sends somebody unknown to the sign-in page, which brings them back here; from within a page, all of it goes."""
    sign_in_page = url_for("accounts.sign_in", next=_present_place())
    if request.headers.get("HX-Request") == "true":
        return Response(status=401, headers={"HX-Redirect": sign_in_page})
    return redirect(sign_in_page, 303)


def note_use() -> None:
    """Keeps the session from running out while it is used, with one write a minute at most. No page fails of it."""
    if not (counts_as_use() and current_user.is_authenticated and now() - current_user.last_seen_at >= SEEN_EVERY):
        return
    try:
        with writing() as database:
            sessions.see(database, current_user.session_id)
    except OperationalError as error:
        if not is_outage(error):
            raise
        kernel.complaints.tell("use", "the use of a session could not be noted: %s", reason_of(error))


def remember(token: str) -> None:
    """Lets the cookie say who is signed in from now on; what it said before, the CSRF token too, is dropped.

    This is what Flask-Login's own function writes, without the fingerprint of address and browser that it adds.
    """
    session.clear()
    session["_user_id"], session["_fresh"] = token, True


def forget() -> None:
    """Lets the cookie say nothing any more."""
    logout_user()
    session.clear()


def _person(found: OpenSession, token: str) -> Person:
    return Person(
        id=found.user_id,
        email=found.email,
        name=found.name,
        role=found.role,
        organization=Membership(found.organization_id, found.organization_name),
        session_id=found.id,
        last_seen_at=found.last_seen_at,
        token=token,
    )


def _present_place() -> str | None:
    """Where the reader is, as a path of ours, if they can come back to it by following a link."""
    if request.headers.get("HX-Request") == "true":
        page = urlsplit(request.headers.get("HX-Current-URL", ""))
        return safe_path(page._replace(scheme="", netloc="").geturl())
    return safe_path(request.full_path.rstrip("?")) if request.method in ("GET", "HEAD") else None
