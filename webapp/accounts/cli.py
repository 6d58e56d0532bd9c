"""The commands of accounts, for the operator of the installation."""

import json
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

import click
from flask import current_app
from flask.cli import AppGroup

from webapp.db import reading, writing
from webapp.migrations import migrate

from . import first_admin, service
from .errors import AccountError
from .models import ROLES, User

users = AppGroup("users", help="The people who have an account.")
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def refusing(command: Callable[..., None]) -> Callable[..., None]:
    """A command whose named errors end it with their sentence and exit code 1."""

    @wraps(command)
    def wrapped(*args: Any, **options: Any) -> None:
        migrate()  # the very first command may come before the very first start
        try:
            command(*args, **options)
        except AccountError as error:
            raise click.ClickException(error.sentence) from None

    return wrapped


@users.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@click.option("--name", help="Their name; else what stands before the @.")
@click.option("--organization", default="Main", show_default=True, help="Where they belong; made if there is none.")
@as_json
@refusing
def create(email: str, role: str, password_stdin: bool, name: str | None, organization: str, as_json: bool) -> None:
    """Give someone an account."""
    password = _password(password_stdin)
    name = name or email.split("@")[0]
    password_hash = service.new_password(password, email, name, organization)
    with writing() as session:
        user = service.create_user(
            session, email=email, name=name, role=role, organization=organization, password_hash=password_hash
        )
    first_admin.forget_token(current_app.config["INSTANCE_DIR"])
    _print(_shown(user), as_json, f"{user.email} can sign in now.")


@users.command("list")
@as_json
@refusing
def list_users(as_json: bool) -> None:
    """List everybody who has an account."""
    with reading() as session:
        everybody = [_shown(user) for user in service.users(session)]
    lines = [f"{user['email']}  {user['role']}  {user['organization']}" for user in everybody]
    _print({"users": everybody}, as_json, "\n".join(lines) or "Nobody has an account yet.")


@users.command("deactivate")
@click.argument("email")
@as_json
@refusing
def deactivate(email: str, as_json: bool) -> None:
    """Close someone's account and end their sessions; what they made stays."""
    with writing() as session:
        user = service.deactivate(session, email)
    _print(_shown(user), as_json, f"{user.email} can no longer sign in.")


def _password(from_stdin: bool) -> str:
    if from_stdin:
        return sys.stdin.readline().rstrip("\r\n")
    answer: str = click.prompt("Password", hide_input=True, confirmation_prompt=True)
    return answer


def _shown(user: User) -> dict[str, Any]:
    return {
        "id": user.id,
        "email": user.email,
        "name": user.name,
        "role": user.role,
        "organization": user.organization.name,
        "is_active": user.is_active,
    }


def _print(shown: dict[str, Any], as_json: bool, words: str) -> None:
    click.echo(json.dumps(shown) if as_json else words)
