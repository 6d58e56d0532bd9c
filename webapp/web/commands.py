"""What the commands of all rooms have in common: the schema is up to date, errors are sentences, scripts get JSON."""

import getpass
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import click
from flask.cli import AppGroup, ScriptInfo

from webapp.jobs.outages import is_outage, reason_of
from webapp.migrations import migrate

as_json = click.option("--json", "json_", is_flag=True, help="Print one JSON object.")
OUTSIDE = "is_outside_instance"


def outside_instance(command: click.Command) -> click.Command:
    """Marks a command that has nothing to do with the instance, and leaves it as it is."""
    setattr(command, OUTSIDE, True)
    return command


@contextmanager
def only_errors_of_jobs() -> Iterator[None]:
    """Around what tells of jobs in its own way: meanwhile their log says nothing but errors."""
    log = logging.getLogger("webapp.jobs")
    before = log.level
    log.setLevel(logging.ERROR)
    try:
        yield
    finally:
        log.setLevel(before)


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

    def resolve_command(
        self, context: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Finds the command, and makes the instance ready for it."""
        found = super().resolve_command(context, args)
        if not getattr(found[1], OUTSIDE, False) and not context.resilient_parsing:
            with context.ensure_object(ScriptInfo).load_app().app_context():
                migrate()
        return found

    def invoke(self, context: click.Context) -> Any:
        """Runs the command."""
        try:
            return super().invoke(context)
        except Exception as error:
            if sentence := sentence_of(error):
                raise click.ClickException(sentence) from None
            raise


def sentence_of(error: Exception) -> str | None:
    """What a command says of an error that is named, or an outage; None for a surprise."""
    if is_outage(error):
        return f"The database does not answer: {reason_of(error)}. Try again in a minute."
    return getattr(error, "sentence", None)
