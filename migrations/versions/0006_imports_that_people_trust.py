"""Versions of templates, checks before imports, rejected rows as they came, and what undoing an import needs."""

import json

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)
COUNTS = ("skipped", "repeated", "removed", "restored", "kept")


def upgrade() -> None:
    op.create_table(
        "template_versions",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("sheet", sa.String(length=255), nullable=True),
        sa.Column("hidden", sa.String(length=10), nullable=False),
        sa.Column("existing", sa.String(length=10), nullable=False),
        sa.Column("repeated", sa.String(length=10), nullable=False),
        sa.Column("most_rejected", sa.Integer(), nullable=False),
        sa.Column("columns", sa.Text(), nullable=False),
        sa.Column("created_by", sa.Integer(), nullable=True),
        sa.Column("created_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["created_by"], ["users.id"]),
        sa.ForeignKeyConstraint(["template_id"], ["import_templates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("template_id", "number"),
    )
    _make_first_versions()
    op.drop_table("template_columns")
    _alter_templates()
    _alter_imports()
    _alter_datasets()
    _create_what_imports_leave()


def _make_first_versions() -> None:
    connection = op.get_bind()
    for template in connection.execute(sa.text("SELECT * FROM import_templates")).mappings().all():
        columns = connection.execute(
            sa.text("SELECT * FROM template_columns WHERE template_id = :id ORDER BY position"), {"id": template["id"]}
        ).mappings()
        stored = [
            {name: column[name] for name in ("header", "field", "type")}
            | {"required": bool(column["required"]), "key": bool(column["key"])}
            for column in columns
        ]
        values = {name: template[name] for name in ("id", "sheet", "created_by", "created_at")}
        connection.execute(
            sa.text(
                "INSERT INTO template_versions (template_id, number, sheet, hidden, existing, repeated, most_rejected,"
                " columns, created_by, created_at) VALUES (:id, 1, :sheet, 'include', 'upsert', 'last', 10000,"
                " :columns, :created_by, :created_at)"
            ),
            values | {"columns": json.dumps(stored)},
        )


def _alter_templates() -> None:
    with op.batch_alter_table("import_templates") as table:
        table.add_column(sa.Column("target", sa.String(length=40), nullable=False, server_default="dataset"))
        table.add_column(sa.Column("number", sa.Integer(), nullable=False, server_default="1"))
        table.alter_column("dataset_id", existing_type=sa.Integer(), nullable=True)
        table.drop_column("sheet")


def _alter_imports() -> None:
    with op.batch_alter_table("imports") as table:
        table.add_column(sa.Column("version_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("parent_id", sa.Integer(), nullable=True))
        table.add_column(sa.Column("mapping", sa.Text(), nullable=True))
        table.add_column(sa.Column("replacements", sa.Text(), nullable=False, server_default="[]"))
        table.add_column(sa.Column("mode", sa.String(length=20), nullable=False, server_default="valid-rows"))
        table.add_column(sa.Column("phases", sa.Text(), nullable=False, server_default="[]"))
        for name in ("started_at", "finished_at", "undone_at"):
            table.add_column(sa.Column(name, MOMENT, nullable=True))
        table.add_column(sa.Column("undone_by", sa.Integer(), nullable=True))
        for name in COUNTS:
            table.add_column(sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    first = "SELECT id FROM template_versions WHERE template_versions.template_id = imports.template_id"
    op.execute(f"UPDATE imports SET version_id = ({first})")
    with op.batch_alter_table("imports") as table:
        table.alter_column("version_id", existing_type=sa.Integer(), nullable=False)
        table.create_foreign_key("imports_version", "template_versions", ["version_id"], ["id"])
        table.create_foreign_key("imports_parent", "imports", ["parent_id"], ["id"], ondelete="SET NULL")
        table.create_foreign_key("imports_undone_by", "users", ["undone_by"], ["id"])
        table.create_index("ix_imports_parent_id", ["parent_id"])


def _alter_datasets() -> None:
    op.add_column("datasets", sa.Column("version", sa.Integer(), nullable=False, server_default="0"))
    op.add_column("dataset_rows", sa.Column("created_in", sa.Integer(), nullable=True))
    op.add_column("dataset_rows", sa.Column("changed_in", sa.Integer(), nullable=True))
    op.create_table(
        "earlier_rows",
        sa.Column("change", sa.Integer(), nullable=False),
        sa.Column("row_id", sa.Integer(), nullable=False),
        sa.Column("data", sa.Text(), nullable=False),
        sa.Column("changed_in", sa.Integer(), nullable=True),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["row_id"], ["dataset_rows.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("change", "row_id"),
    )


def _create_what_imports_leave() -> None:
    op.create_table(
        "header_mappings",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("fingerprint", sa.String(length=64), nullable=False),
        sa.Column("mapping", sa.Text(), nullable=False),
        sa.Column("updated_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["import_templates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("template_id", "fingerprint"),
    )
    op.create_table(
        "import_checks",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("data_version", sa.Integer(), nullable=False),
        *(
            sa.Column(name, sa.Integer(), nullable=False)
            for name in ("new", "changed", "unchanged", "skipped", "rejected", "repeated")
        ),
        sa.Column("finished_at", MOMENT, nullable=True),
        _of_an_import(),
        sa.PrimaryKeyConstraint("import_id"),
    )
    op.create_table(
        "checked_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("becomes", sa.String(length=10), nullable=False),
        sa.Column("fields", sa.Text(), nullable=False),
        _of_an_import(),
        sa.PrimaryKeyConstraint("import_id", "row"),
    )
    op.create_table(
        "problem_groups",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("phase", sa.String(length=10), nullable=False),
        sa.Column("field", sa.String(length=63), nullable=False),
        sa.Column("header", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=30), nullable=False),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first_row", sa.Integer(), nullable=False),
        _of_an_import(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("import_id", "phase", "field", "code", "value"),
    )
    op.create_table(
        "rejected_rows",
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("cells", sa.Text(), nullable=False),
        _of_an_import(),
        sa.PrimaryKeyConstraint("import_id", "row"),
    )
    op.create_table(
        "kept_rows",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("import_id", sa.Integer(), nullable=False),
        sa.Column("target_row", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        _of_an_import(),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("import_id", "target_row"),
    )


def _of_an_import() -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["import_id"], ["imports.id"], ondelete="CASCADE")


def downgrade() -> None:
    for table in ("kept_rows", "rejected_rows", "problem_groups", "checked_rows", "import_checks", "header_mappings"):
        op.drop_table(table)
    op.drop_table("earlier_rows")
    for column in ("created_in", "changed_in"):
        op.drop_column("dataset_rows", column)
    op.drop_column("datasets", "version")
    _restore_imports()
    _restore_templates()
    op.drop_table("template_versions")


def _restore_imports() -> None:
    with op.batch_alter_table("imports") as table:
        table.drop_index("ix_imports_parent_id")
        for name in ("imports_version", "imports_parent", "imports_undone_by"):
            table.drop_constraint(name, type_="foreignkey")
        for name in ("version_id", "parent_id", "mapping", "replacements", "mode", "phases", "started_at",
                     "finished_at", "undone_at", "undone_by", *COUNTS):  # fmt: skip
            table.drop_column(name)


def _restore_templates() -> None:
    """Columns come back as those of the latest version; what imports of built-in tables left goes with them."""
    op.execute("DELETE FROM import_templates WHERE dataset_id IS NULL")
    op.create_table(
        "template_columns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("template_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("header", sa.String(length=255), nullable=False),
        sa.Column("field", sa.String(length=63), nullable=False),
        sa.Column("type", sa.String(length=20), nullable=False),
        sa.Column("required", sa.Boolean(), nullable=False),
        sa.Column("key", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["template_id"], ["import_templates.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("template_id", "field"),
    )
    connection = op.get_bind()
    latest = sa.text(
        "SELECT template_id, columns FROM template_versions JOIN import_templates"
        " ON import_templates.id = template_id AND import_templates.number = template_versions.number"
    )
    add = sa.text(
        "INSERT INTO template_columns (template_id, position, header, field, type, required, key)"
        " VALUES (:template_id, :position, :header, :field, :type, :required, :key)"
    )
    for template_id, columns in connection.execute(latest).all():
        for position, column in enumerate(json.loads(columns)):
            kept = {name: column[name] for name in ("header", "field", "type", "required", "key")}
            connection.execute(add, kept | {"template_id": template_id, "position": position})
    with op.batch_alter_table("import_templates") as table:
        table.add_column(sa.Column("sheet", sa.String(length=255), nullable=True))
        table.alter_column("dataset_id", existing_type=sa.Integer(), nullable=False)
        table.drop_column("target")
        table.drop_column("number")
