"""The commands of accounts, for the operator of the installation."""

import json
import sys
from typing import Any

import click
from flask import current_app

from webapp.db import reading, writing
from webapp.web.commands import Commands, as_json

from . import first_admin, service
from .models import ROLES, User

users = Commands("users", help="The people who have an account.")


@users.command("create")
@click.argument("email")
@click.option("--role", type=click.Choice(ROLES), required=True, help="What they may do.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
@click.option("--name", help="Their name; else what stands before the @.")
@click.option("--organization", default="Main", show_default=True, help="Where they belong; made if there is none.")
@as_json
def create(email: str, role: str, password_stdin: bool, name: str | None, organization: str, json_: bool) -> None:
    """Give someone an account."""
    password = _password(password_stdin)
    name = name or email.split("@")[0]
    password_hash = service.new_password(password, email, name, organization)
    with writing() as session:
        user = service.create_user(
            session, email=email, name=name, role=role, organization=organization, password_hash=password_hash
        )
    first_admin.forget_token(current_app.config["INSTANCE_DIR"])
    _print(_shown(user), json_, f"{user.email} can sign in now.")


@users.command("list")
@as_json
def list_users(json_: bool) -> None:
    """List everybody who has an account."""
    with reading() as session:
        everybody = [_shown(user) for user in service.users(session)]
    lines = [f"{user['email']}  {user['role']}  {user['organization']}" for user in everybody]
    _print({"users": everybody}, json_, "\n".join(lines) or "Nobody has an account yet.")


@users.command("deactivate")
@click.argument("email")
@as_json
def deactivate(email: str, json_: bool) -> None:
    """Close someone's account and end their sessions; what they made stays."""
    with writing() as session:
        user = service.deactivate(session, email)
    _print(_shown(user), json_, f"{user.email} can no longer sign in.")


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


def _print(shown: dict[str, Any], json_: bool, words: str) -> None:
    click.echo(json.dumps(shown) if json_ else words)
