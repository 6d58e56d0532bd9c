"""Alembic's environment: the business tables and the kernel's ledger, on the engine that the application gives."""

import webapp.accounts.models
import webapp.datasets.models
import webapp.imports.models  # noqa: F401
from alembic import context
from webapp.db import Base
from webapp.jobs import Ledger

engine = context.config.attributes["engine"]

with engine.connect() as connection:
    context.configure(
        connection=connection, target_metadata=[Base.metadata, Ledger.metadata], render_as_batch=True, compare_type=True
    )
    with context.begin_transaction():
        context.run_migrations()
    connection.commit()
