"""Alembic's environment: the business tables and the kernel's ledger, on the engine that the application gives."""

from alembic import context
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


with engine.connect() as connection:
    context.configure(
        connection=connection,
        target_metadata=[Base.metadata, Ledger.metadata],
        compare_type=True,
        render_item=plain,
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
