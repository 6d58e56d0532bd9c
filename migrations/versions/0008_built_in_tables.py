"""Imports into built-in tables, with what undoing them needs, and exports of them."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("import_templates", sa.Column("into_id", sa.Integer(), nullable=True))
    op.create_table(
        "import_changes",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.Text(), nullable=True),
        sa.Column("after", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["import_id"], ["imports.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("import_id", "row_id"),
    )
    op.create_index("import_changes_by_row", "import_changes", ["row_id", "import_id"])
    op.create_table(
        "target_versions",
        sa.Column("organization_id", sa.Integer(), nullable=False),
        sa.Column("target", sa.String(length=40), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["organization_id"], ["organizations.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("organization_id", "target"),
    )
    with op.batch_alter_table("exports") as table:
        table.add_column(sa.Column("source", sa.String(length=40), nullable=False, server_default="dataset"))
        table.alter_column("dataset_id", existing_type=sa.Integer(), nullable=True)


def downgrade() -> None:
    """What was made of built-in tables goes: there is no place for it."""
    op.execute("DELETE FROM exports WHERE dataset_id IS NULL")
    with op.batch_alter_table("exports") as table:
        table.alter_column("dataset_id", existing_type=sa.Integer(), nullable=False)
        table.drop_column("source")
    op.drop_table("target_versions")
    op.drop_table("import_changes")
    op.drop_column("import_templates", "into_id")
