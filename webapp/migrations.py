"""The schema: brought up to date at start, after a verified copy of what was there."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask, current_app

from webapp.db import db

from . import config


class SchemaProblem(Exception):
    """The database cannot be brought up to date."""

    def __init__(self, problem: str):
        self.sentence = f"{self.__doc__} {problem}"
        super().__init__(self.sentence)


def init_app(app: Flask) -> None:
    """Adds the command."""
    app.cli.add_command(migrate_command)


def migrate() -> str:
    """Brings the database of the current application to this code's schema; answers what was done, in a sentence.

    Raises SchemaProblem for a database that is newer than the code, that could not be copied first, or that is not
    there although there was one. A server's database is not copied: there a migration is done whole or not at all, and
    copies are the affair of whoever keeps the server.
    """
    if _is_a_file():
        _make_if_new(current_app.config["INSTANCE_DIR"])
    settings, present = _alembic(), current_revision()
    scripts = ScriptDirectory.from_config(settings)
    target = scripts.get_current_head()
    if present == target:
        return "The database is up to date."
    if present is not None:
        if present not in {script.revision for script in scripts.walk_revisions()}:
            raise SchemaProblem("It was made by a newer Longshore. Go back to that one; nothing was changed.")
        if _is_a_file():
            _copy(present)
    command.upgrade(settings, "head")
    return f"The database is now at {target}."


def current_revision() -> str | None:
    """The revision that the database is at, None for an empty one."""
    with db.engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision()


def is_current() -> bool:
    """Whether the database has this code's schema."""
    return current_revision() == ScriptDirectory.from_config(_alembic()).get_current_head()


@click.command("migrate")
def migrate_command() -> None:
    """Bring the database's schema up to date."""
    click.echo(migrate())


def _is_a_file() -> bool:
    return db.engine.dialect.name == "sqlite"


def _make_if_new(instance: Path) -> None:
    """Makes an empty database, unless there is one; what lies beside tells whether there was one already."""
    if (instance / "app.db").exists():
        return
    for name in ("app.db-wal", "queue.db"):
        if (instance / name).exists():
            raise SchemaProblem(f"{instance}/app.db is gone. Put it back; to begin anew, remove {name} there too.")
    try:
        (instance / "app.db").touch(mode=0o600)
    except OSError as error:
        raise SchemaProblem(f"{instance}/app.db cannot be made: {error.strerror}.") from None


def _alembic() -> Config:
    settings = Config()
    settings.set_main_option("script_location", str(config.PROJECT / "migrations"))
    settings.attributes["engine"] = db.writing_engine
    return settings


def _copy(revision: str) -> None:
    """Copies the database into the backups and proves the copy sound."""
    instance: Path = current_app.config["INSTANCE_DIR"]
    target = instance / "backups" / f"app-{revision}-{datetime.now(UTC):%Y%m%d-%H%M%S}.db"
    try:
        with closing(sqlite3.connect(instance / "app.db")) as source:
            source.execute("VACUUM INTO ?", (str(target),))
        with closing(sqlite3.connect(target)) as copy:
            verdict = copy.execute("PRAGMA integrity_check").fetchone()[0]
    except sqlite3.Error as error:
        raise SchemaProblem(f"No copy could be made in {target.parent} ({error}); nothing was changed.") from None
    if verdict != "ok":
        raise SchemaProblem(f"Its copy {target} is damaged ({verdict}); nothing was changed.")
    target.chmod(0o600)
