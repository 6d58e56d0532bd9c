"""People: organizations, users, sessions, sign-in."""

from flask import Flask, current_app

from webapp.db import reading

from . import cli, identity, routes
from .first_admin import prepare_token


def init_app(app: Flask) -> None:
    """Adds sign-in, the account pages and the commands to the application."""
    identity.init_app(app)
    app.register_blueprint(routes.blueprint)
    app.cli.add_command(cli.users)


def first_admin_token() -> str | None:
    """The token with which the first admin signs up, made if need be; None once somebody has an account."""
    with reading() as session:
        return prepare_token(session, current_app.config["INSTANCE_DIR"])
