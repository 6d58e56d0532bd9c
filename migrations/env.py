"""Alembic's environment: the business tables and the kernel's ledger, on the engine that the application gives."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.types import TypeDecorator

import webapp.accounts.models
import webapp.campaigns.models
import webapp.commerce.models
import webapp.datasets.models
import webapp.exports.models
import webapp.imports.models  # noqa: F401
from webapp.db import Base
from webapp.jobs import Ledger

engine = context.config.attributes["engine"]


def plain(kind, item, _context):
    """Revisions must not depend on today's code: a type of ours is written as what the database sees of it."""
    return f"sa.{item.impl!r}" if kind == "type" and isinstance(item, TypeDecorator) else False


@contextmanager
def tables_may_be_remade(connection: Connection) -> Iterator[None]:
    """SQLite changes a column by making its table anew. While foreign keys are watched, dropping the old table would
    delete what refers to its rows: https://www.sqlite.org/lang_altertable.html#otheralter.
    """
    driver: Any = connection.connection.driver_connection
    if connection.dialect.name != "sqlite":
        yield
        return
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        driver.execute("PRAGMA foreign_keys=ON")


def check_references(connection: Connection) -> None:
    """Raises RuntimeError, before the commit, if a row refers to one that is not there."""
    if connection.dialect.name == "sqlite":
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        if broken:
            raise RuntimeError(f"{len(broken)} rows would refer to nothing, the first of table {broken[0][0]}")


def let_one_migrate_at_a_time(connection: Connection) -> None:
    """Waits for another process that migrates; what that one did is then seen to be done."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SELECT pg_advisory_xact_lock(hashtext('webapp.migrations'))")


with engine.connect() as connection, tables_may_be_remade(connection):
    context.configure(
        connection=connection,
        target_metadata=[Base.metadata, Ledger.metadata],
        compare_type=True,
        render_item=plain,
    )
    with context.begin_transaction():
        let_one_migrate_at_a_time(connection)
        context.run_migrations()
        check_references(connection)
    connection.commit()
