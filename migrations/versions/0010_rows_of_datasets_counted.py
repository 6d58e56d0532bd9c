"""Datasets know how many rows they have."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("datasets", sa.Column("row_count", sa.Integer(), nullable=False, server_default="0"))
    rows = "SELECT count(*) FROM dataset_rows WHERE dataset_rows.dataset_id = datasets.id"
    op.execute(f"UPDATE datasets SET row_count = ({rows})")


def downgrade() -> None:
    op.drop_column("datasets", "row_count")
