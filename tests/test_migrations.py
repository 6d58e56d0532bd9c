"""The schema: brought up to date by itself, never without a copy, never backwards."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, select, text

from webapp import migrations
from webapp.db import Base, db, reading, writing
from webapp.hello.jobs import say_hello
from webapp.imports.models import Import, RejectedCell, Upload
from webapp.imports.templates import service as templates
from webapp.imports.templates.columns import TemplateColumn
from webapp.jobs import Ledger, history

pytestmark = pytest.mark.usefixtures("context")

NOW = datetime(2026, 11, 28, tzinfo=UTC)


def pretend(revision):
    with writing() as session:
        session.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})


@pytest.mark.every_database
def test_the_migrations_make_exactly_what_the_models_say():
    with db.engine.connect() as connection:
        for metadata in (Base.metadata, Ledger.metadata):
            names = set(metadata.tables)
            options = {"include_name": lambda name, kind, parents, names=names: kind != "table" or name in names}
            assert compare_metadata(MigrationContext.configure(connection, opts=options), metadata) == []


def test_the_migrations_make_the_index_of_jobs_as_the_kernel_does():
    made = "SELECT name, sql FROM sqlite_master WHERE name LIKE '%words%' ORDER BY name"
    kernels_own = create_engine("sqlite://")
    Ledger.metadata.create_all(kernels_own)
    with db.engine.connect() as ours, kernels_own.connect() as theirs:
        assert ours.execute(text(made)).all() == theirs.execute(text(made)).all() != []


@pytest.mark.every_database
def test_a_database_that_is_up_to_date_is_left_alone(app):
    assert migrations.migrate() == "The database is up to date."
    assert migrations.is_current()
    assert list((app.config["INSTANCE_DIR"] / "backups").iterdir()) == []


@pytest.mark.every_database
def test_what_the_first_version_holds_comes_along():
    with writing() as session:
        job = say_hello(session, None)
    command.downgrade(migrations._alembic(), "0001")
    assert migrations.migrate() != "The database is up to date."
    with reading() as session:
        (event,) = history(session, job.id)
    assert (event.name, event.actor) == ("enqueued", None)


@pytest.mark.every_database
def test_templates_and_imports_of_before_versions_come_along(cast):
    with writing() as session:
        import_id = _imported(session, cast.ada)
    command.downgrade(migrations._alembic(), "0005")
    migrations.migrate()
    with reading() as session:
        record = session.get_one(Import, import_id)
        assert [(c.header, c.type, c.required, c.key) for c in record.version.columns] == [("Code", "text", True, True)]
        assert (record.template.number, record.inserted, record.skipped) == (1, 7, 0)
        assert len(session.scalars(select(RejectedCell)).all()) == 1


def _imported(session, owner):
    """An import as it was left by somebody: its template, its workbook, and a cell that was rejected."""
    made = {"organization_id": owner.organization_id, "created_by": owner.id, "name": "Hours", "dataset": "Hours"}
    columns = [TemplateColumn("Code", "code", key=True)]
    template = templates.create(session, **made, sheet="Hours", columns=columns, at=NOW)
    upload = Upload(id="0" * 16, organization_id=owner.organization_id, owner_id=owner.id, name="hours.xlsx")
    upload.size, upload.sha256, upload.created_at = 1, "0" * 64, NOW
    record = Import(template=template, version=template.version, upload=upload, sheet="Hours", header_row=1)
    record.created_at, record.inserted = NOW, 7
    session.add(record)
    session.flush()
    place = {"import_id": record.id, "sheet": "Hours", "row": 2, "column": "A", "header": "Code"}
    session.add(RejectedCell(**place, value="?", code="pattern", reason="is not a code"))
    return record.id


@pytest.mark.every_database
def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is():
    pretend("9999")
    with pytest.raises(migrations.SchemaProblem, match="newer Longshore"):
        migrations.migrate()
    assert migrations.current_revision() == "9999"


def test_the_copy_before_a_migration_is_whole(app):
    migrations._copy("0001")
    (copy,) = (app.config["INSTANCE_DIR"] / "backups").iterdir()
    assert copy.stat().st_mode & 0o077 == 0
    with closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT count(*) FROM users").fetchone() == (4,)


def test_without_a_copy_nothing_is_migrated(app):
    backups = app.config["INSTANCE_DIR"] / "backups"
    backups.rmdir()
    with pytest.raises(migrations.SchemaProblem, match="nothing was changed"):
        migrations._copy("0001")


@pytest.mark.parametrize("trace", ["queue.db", "app.db-wal"])
def test_a_database_that_is_gone_is_not_taken_for_one_that_never_was(app, trace):
    folder = app.config["INSTANCE_DIR"]
    db.engine.dispose()
    (folder / "app.db").unlink()
    (folder / trace).touch()
    with pytest.raises(migrations.SchemaProblem, match=f"app.db is gone. Put it back; .* remove {trace} there too"):
        migrations.migrate()
    assert not (folder / "app.db").exists()
