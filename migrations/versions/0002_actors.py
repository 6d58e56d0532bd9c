"""Who asked for what happened to a job, and in which attempt an item failed."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_events", sa.Column("actor", sa.String(length=254), nullable=True))
    op.add_column("job_failed_items", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))


def downgrade() -> None:
    op.drop_column("job_failed_items", "attempt")
    op.drop_column("job_events", "actor")
