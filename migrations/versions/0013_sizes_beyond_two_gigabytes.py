"""Files may be larger than two gigabytes. SQLite keeps such numbers anyhow, and would have to make the tables anew."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.types import TypeEngine

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _keep_sizes_as(sa.BigInteger())


def downgrade() -> None:
    _keep_sizes_as(sa.Integer())


def _keep_sizes_as(kind: TypeEngine[int]) -> None:
    if op.get_bind().dialect.name != "sqlite":
        op.alter_column("exports", "size", type_=kind)
        op.alter_column("uploads", "size", type_=kind)
