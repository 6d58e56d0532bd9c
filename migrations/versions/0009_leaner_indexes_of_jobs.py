"""Indexes of jobs that hold only those that have something in them: to move a job costs less."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("jobs_by_change", "jobs_by_limit"):
        op.drop_index(name, table_name="jobs")
    for name, columns in {"jobs_by_limit": ["limit_key", "state"], "jobs_by_end": ["completed_at"]}.items():
        filled = sa.text(f"{columns[0]} IS NOT NULL")
        op.create_index(name, "jobs", columns, sqlite_where=filled, postgresql_where=filled)


def downgrade() -> None:
    for name in ("jobs_by_limit", "jobs_by_end"):
        op.drop_index(name, table_name="jobs")
    op.create_index("jobs_by_limit", "jobs", ["limit_key", "state"])
    op.create_index("jobs_by_change", "jobs", ["updated_at"])
