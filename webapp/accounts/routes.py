"""The pages of accounts: sign in and out, the first admin, one's own account."""

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db, writing
from webapp.web.policy import anyone, signed_in
from webapp.web.redirects import safe_path

from . import first_admin as first
from . import identity, service, sessions, signing_in
from .browsers import browser_name
from .errors import AccountError, AlreadySetUp, TooManyAttempts
from .forms import AccountForm, FirstAdminForm, PasswordForm, SignInForm
from .signing_in import Visit

blueprint = Blueprint("accounts", __name__)


@blueprint.get("/")
@anyone
def home() -> ResponseReturnValue:
    """Leads to the first page that is of use."""
    if current_user.is_authenticated:
        return redirect(url_for("imports.index"), 303)
    nobody = service.nobody_yet(db.session)
    return redirect(url_for("accounts.first_admin" if nobody else "accounts.sign_in"), 303)


@blueprint.route("/sign-in", methods=["GET", "POST"])
@anyone
def sign_in() -> ResponseReturnValue:
    """The sign-in form, and signing in."""
    if current_user.is_authenticated:
        return redirect(_destination(), 303)
    form = SignInForm(next=_destination())
    if not form.validate_on_submit():
        return _page("sign_in", form)
    try:
        token = signing_in.sign_in(form.email.data, form.password.data, _visit(), _limits())
    except AccountError as error:
        return _page("sign_in", form, error)
    identity.remember(token)
    return redirect(_destination(), 303)


@blueprint.post("/sign-out")
@anyone
def sign_out() -> ResponseReturnValue:
    """Ends this session; one that has ended already ends as well."""
    if current_user.is_authenticated:
        with writing() as database:
            sessions.end(database, current_user.id, current_user.session_id)
    identity.forget()
    return redirect(url_for("accounts.sign_in"), 303)


@blueprint.route("/first-admin", methods=["GET", "POST"])
@anyone
def first_admin() -> ResponseReturnValue:
    """The form of the first admin, and making them; there is no such page once somebody has an account."""
    if not service.nobody_yet(db.session):
        abort(404)
    form = FirstAdminForm()
    if not form.validate_on_submit():
        return _page("first_admin", form)
    given = {name: form[name].data for name in ("token", "organization", "name", "email", "password")}
    try:
        user = first.claim(current_app.config["INSTANCE_DIR"], **given)
    except AlreadySetUp:
        abort(404)
    except AccountError as error:
        return _page("first_admin", form, error)
    identity.remember(signing_in.open_session_of(user.id, _visit(), _limits()))
    return redirect(url_for("imports.index"), 303)


@blueprint.get("/account")
@signed_in
def account() -> ResponseReturnValue:
    """One's own account: who one is here, where one is signed in, the password."""
    return _account_page(PasswordForm())


@blueprint.post("/account/password")
@signed_in
def change_password() -> ResponseReturnValue:
    """Changes the password and ends the other sessions."""
    form = PasswordForm()
    if not form.validate_on_submit():
        return _account_page(form)
    try:
        present, new = form.current_password.data, form.new_password.data
        signing_in.change_password(current_user.id, present, new, current_user.session_id)
    except AccountError as error:
        return _account_page(form, error)
    flash("The password was changed. You are signed out everywhere else.", "success")
    return redirect(url_for("accounts.account"), 303)


@blueprint.post("/account/sessions/<session_id>/end")
@signed_in
def end_session(session_id: str) -> ResponseReturnValue:
    """Ends one of one's own sessions."""
    with writing() as database:
        sessions.end(database, current_user.id, session_id) or abort(404)
    flash("The session was ended.", "success")
    return redirect(url_for("accounts.account"), 303)


def _page(name: str, form: AccountForm, error: AccountError | None = None) -> ResponseReturnValue:
    """A form's page: fresh, or with what is wrong with it."""
    if error is not None:
        form.show(error)
    return render_template(f"accounts/{name}.html", form=form), *_status(form, error)


def _account_page(form: PasswordForm, error: AccountError | None = None) -> ResponseReturnValue:
    if error is not None:
        form.show(error)
    open_sessions = [
        {
            "id": found.id,
            "created_at": found.created_at,
            "last_seen_at": found.last_seen_at,
            "address": found.address,
            "browser": found.browser,
            "is_current": found.id == current_user.session_id,
        }
        for found in sessions.sessions_of(db.session, current_user.id, _limits())
    ]
    return render_template("accounts/account.html", form=form, sessions=open_sessions), *_status(form, error)


def _status(form: AccountForm, error: AccountError | None) -> tuple[int, dict[str, str]]:
    """The HTTP status of a form's page, and its headers."""
    if isinstance(error, TooManyAttempts):
        return error.status, {"Retry-After": str(error.facts["seconds"])}
    return (422 if form.errors else 200), {}


def _destination() -> str:
    return safe_path(request.values.get("next")) or url_for("accounts.home")


def _visit() -> Visit:
    return Visit(request.remote_addr or "", browser_name(request.user_agent.string))


def _limits() -> sessions.Limits:
    limits: sessions.Limits = current_app.config["SESSION_LIMITS"]
    return limits
