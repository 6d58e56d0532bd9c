"""The header of an import's workbook, which rejected rows were repaired, and the rows of a change found by it."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("imports", sa.Column("header", sa.Text(), nullable=True))
    op.add_column("rejected_rows", sa.Column("repaired_in", sa.Integer(), nullable=True))
    op.create_index("dataset_rows_by_change", "dataset_rows", ["created_in", "id"])
    op.create_index("earlier_rows_by_row", "earlier_rows", ["row_id"])


def downgrade() -> None:
    op.drop_index("earlier_rows_by_row", "earlier_rows")
    op.drop_index("dataset_rows_by_change", "dataset_rows")
    op.drop_column("rejected_rows", "repaired_in")
    op.drop_column("imports", "header")
