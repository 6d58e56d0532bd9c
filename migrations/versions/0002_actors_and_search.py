"""Who asked for what happened to a job, how many checkpoints it made, in which attempt an item failed; the full-text
index of jobs.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("job_events", sa.Column("actor", sa.String(length=254), nullable=True))
    op.add_column("job_failed_items", sa.Column("attempt", sa.Integer(), nullable=False, server_default="1"))
    op.add_column("jobs", sa.Column("checkpoints", sa.Integer(), nullable=False, server_default="0"))
    if op.get_bind().dialect.name == "sqlite":
        make_jobs_searchable()
        op.execute("INSERT INTO jobs_without_words (job_id) SELECT id FROM jobs ORDER BY created_at")


def downgrade() -> None:
    if op.get_bind().dialect.name == "sqlite":
        for trigger in ("job_has_no_words", "job_words_go"):
            op.execute(f"DROP TRIGGER {trigger}")
        op.drop_table("jobs_without_words")
        op.drop_table("job_words")
    op.drop_column("jobs", "checkpoints")
    op.drop_column("job_failed_items", "attempt")
    op.drop_column("job_events", "actor")


def make_jobs_searchable() -> None:
    """The full-text index of jobs: new ones are noted, and taken into it later; with a job go its words."""
    op.execute(
        "CREATE VIRTUAL TABLE job_words USING fts5(job_id, owner, handler, queue, title, prefix='2 3 4 5 6',"
        " columnsize=0)"
    )
    op.execute("CREATE TABLE jobs_without_words (number INTEGER PRIMARY KEY, job_id TEXT NOT NULL)")
    op.execute(
        "CREATE TRIGGER job_has_no_words AFTER INSERT ON jobs BEGIN"
        " INSERT INTO jobs_without_words (job_id) VALUES (new.id); END"
    )
    op.execute(
        "CREATE TRIGGER job_words_go AFTER DELETE ON jobs BEGIN DELETE FROM job_words WHERE rowid IN"
        """ (SELECT rowid FROM job_words WHERE job_words MATCH 'job_id:"' || old.id || '"'); END"""
    )
