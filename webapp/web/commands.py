"""What the commands of all rooms have in common: the schema is up to date, errors are sentences, scripts get JSON."""

import getpass
import os
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo

from webapp.migrations import migrate

as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON object.")


def operator() -> str:
    """Who is at the terminal: the user of the machine, or the number of one that has no name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return f"user {os.getuid()}"


class Commands(AppGroup):
    """A group of commands. Before any of them runs, the database is brought up to date: the very first command may
    come before the very first start. A named error ends a command with its sentence and exit code 1.
    """

    def invoke(self, context: click.Context) -> Any:
        """Runs the command."""
        with context.ensure_object(ScriptInfo).load_app().app_context():
            migrate()
        try:
            return super().invoke(context)
        except Exception as error:
            if sentence := getattr(error, "sentence", None):
                raise click.ClickException(sentence) from None
            raise
