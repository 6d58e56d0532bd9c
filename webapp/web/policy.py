"""Who may use which route. Every route says so, beside its address; one that does not answers nobody.

    @blueprint.get("/imports")
    @signed_in
    def index(): ...

The kinds are checked here, before anything of the request's body is read. What a person may see *within* a route is
the route's own business: it asks its service for the things of that person's organization, and there are no others.
"""

from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from flask import Flask, abort, current_app, request
from flask_login import current_user

View = TypeVar("View", bound=Callable[..., Any])

SAFE_METHODS = {"GET", "HEAD", "OPTIONS"}
ANONYMOUS_BODY = 64 * 1024
"""The bytes that someone who is not signed in may send: a form, no workbook."""


class Policy(Enum):
    """Who may use a route."""

    ANYONE = "anyone"
    SIGNED_IN = "signed in"
    ADMINS = "admins"


class UndeclaredPolicy(Exception):
    """The route {endpoint} does not say who may use it. Put @anyone, @signed_in or @admins below its address."""

    def __init__(self, endpoint: str):
        super().__init__(str(self.__doc__).format(endpoint=endpoint))


def anyone(view: View) -> View:
    """Marks a view that everybody may use."""
    return _marked(view, policy=Policy.ANYONE)


def signed_in(view: View) -> View:
    """Marks a view for everybody who is signed in."""
    return _marked(view, policy=Policy.SIGNED_IN)


def admins(view: View) -> View:
    """Marks a view for admins; for others who are signed in it does not exist."""
    return _marked(view, policy=Policy.ADMINS)


def passive(view: View) -> View:
    """Marks a view that a page asks for by itself: it keeps no session alive."""
    return _marked(view, is_passive=True)


def init_app(app: Flask) -> None:
    """Enforces the policies on each request."""
    app.before_request(enforce)


def enforce() -> None:
    """Refuses requests that other sites send (403), and those of people whom the route is not for (401, 404)."""
    if request.endpoint is None:
        return
    policy = policy_of(current_app, request.endpoint)
    if request.method not in SAFE_METHODS:
        _refuse_other_sites()
        _limit_body_of_strangers()
    if policy is not Policy.ANYONE and not current_user.is_authenticated:
        abort(401)
    if policy is Policy.ADMINS and not current_user.is_admin:
        abort(404)


def policy_of(app: Flask, endpoint: str) -> Policy:
    """The policy of the route.

    Raises UndeclaredPolicy.
    """
    policy: Policy | None = getattr(app.view_functions[endpoint], "policy", None)
    if policy is None:
        raise UndeclaredPolicy(endpoint)
    return policy


def counts_as_use() -> bool:
    """Whether this request shows that somebody who is signed in is at work."""
    if request.endpoint is None:
        return False
    view = current_app.view_functions[request.endpoint]
    return getattr(view, "policy", None) is not Policy.ANYONE and not getattr(view, "is_passive", False)


def _refuse_other_sites() -> None:
    """The second layer, after the tokens of forms; browsers say where a request came from, on https and localhost."""
    if request.headers.get("Sec-Fetch-Site") == "cross-site":
        abort(403)


def _limit_body_of_strangers() -> None:
    if not current_user.is_authenticated:
        request.max_content_length = ANONYMOUS_BODY


def _marked(view: View, **marks: Any) -> View:
    for name, value in marks.items():
        setattr(view, name, value)
    return view
