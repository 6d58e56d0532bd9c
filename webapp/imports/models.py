"""Imports: workbooks that were uploaded, the templates that say what their columns become, and what became of them."""

from datetime import datetime
from functools import cached_property
from typing import Literal

import msgspec
from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, UniqueConstraint, and_
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.datasets.models import Dataset
from webapp.db import Base

from .templates.columns import TemplateColumn

CHECK, RUN = "check", "run"
"""The two passes over a workbook: one that only looks, and one that writes."""


class Upload(Base):
    """A workbook that someone uploaded. `stored_as` is its random name in the uploads folder, None once it is gone."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class TemplateVersion(Base):
    """What a template said at a time. Never changed: who edits a template makes the next version (B24).

    `existing` is what happens to a row whose key is there already, `repeated` to a key that comes twice in one
    workbook; `columns` is a JSON list of `TemplateColumn`.
    """

    __tablename__ = "template_versions"
    __table_args__ = (UniqueConstraint("template_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("import_templates.id", ondelete="CASCADE"))
    number: Mapped[int]
    sheet: Mapped[str | None] = mapped_column(String(255))
    hidden: Mapped[Literal["include", "skip"]] = mapped_column(String(10), default="include")
    existing: Mapped[str] = mapped_column(String(10), default="upsert")
    repeated: Mapped[str] = mapped_column(String(10), default="last")
    most_rejected: Mapped[int] = mapped_column(default=10_000)
    stored_columns: Mapped[str] = mapped_column("columns", Text)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]

    @cached_property
    def columns(self) -> list[TemplateColumn]:
        """The columns in their order."""
        return msgspec.json.decode(self.stored_columns, type=list[TemplateColumn])


class ImportTemplate(Base):
    """How the columns of a kind of workbook become the fields of a target. `number` is that of its latest version.

    `target` is "dataset", with the dataset beside it, or the name of a built-in table; `into_id` is the part of that
    table which the rows go to: of recipients, the campaign. One with a `deleted_at` is there for its earlier imports
    only.
    """

    __tablename__ = "import_templates"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    target: Mapped[str] = mapped_column(String(40), default="dataset")
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    into_id: Mapped[int | None]
    name: Mapped[str] = mapped_column(String(200))
    number: Mapped[int] = mapped_column(default=1)
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    deleted_at: Mapped[datetime | None]
    dataset: Mapped[Dataset | None] = relationship(lazy="joined")
    versions: Mapped[list[TemplateVersion]] = relationship(
        order_by=TemplateVersion.number, cascade="all, delete-orphan", foreign_keys=TemplateVersion.template_id
    )
    version: Mapped[TemplateVersion] = relationship(
        primaryjoin=and_(id == TemplateVersion.template_id, number == TemplateVersion.number),
        foreign_keys=[TemplateVersion.template_id, TemplateVersion.number],
        uselist=False,
        viewonly=True,
        lazy="joined",
    )

    @property
    def columns(self) -> list[TemplateColumn]:
        """The columns of the latest version."""
        return self.version.columns


class HeaderMapping(Base):
    """What a person decided about the columns of a workbook with this header, for the next one like it (B22).

    `mapping` is a JSON object from the header's labels to fields, null for a column that is left out.
    """

    __tablename__ = "header_mappings"
    __table_args__ = (UniqueConstraint("template_id", "fingerprint"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("import_templates.id", ondelete="CASCADE"))
    fingerprint: Mapped[str] = mapped_column(String(64))
    mapping: Mapped[str] = mapped_column(Text)
    updated_at: Mapped[datetime]


class Import(Base):
    """One workbook on its way into a target, with what became of its rows so far.

    `mapping` is None where headers speak for themselves, else as in `HeaderMapping`. `replacements` is a JSON list of
    [field, text of a cell, text to take instead or null]. `mode` is "valid-rows" or "all-or-nothing". `parent_id` is
    the import whose rejected rows this one corrects. `facts` (a JSON object) and `header` (a JSON list of labels) are
    what was found in the sheet. `undone_by` is whoever asked to undo it, `undone_at` is when that was done.
    """

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("import_templates.id", ondelete="CASCADE"), index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("template_versions.id"))
    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), index=True)
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("imports.id", ondelete="SET NULL"), index=True)
    sheet: Mapped[str] = mapped_column(String(255))
    header_row: Mapped[int]
    facts: Mapped[str | None] = mapped_column(Text)
    header: Mapped[str | None] = mapped_column(Text)
    mapping: Mapped[str | None] = mapped_column(Text)
    replacements: Mapped[str] = mapped_column(Text, default="[]")
    mode: Mapped[str] = mapped_column(String(20), default="valid-rows")
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    inserted: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    phases: Mapped[str] = mapped_column(Text, default="[]")
    undone_at: Mapped[datetime | None]
    undone_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    removed: Mapped[int] = mapped_column(default=0)
    restored: Mapped[int] = mapped_column(default=0)
    kept: Mapped[int] = mapped_column(default=0)
    template: Mapped[ImportTemplate] = relationship(lazy="joined")
    version: Mapped[TemplateVersion] = relationship(lazy="joined")
    upload: Mapped[Upload] = relationship(lazy="joined")


class Check(Base):
    """What an import would do, found by looking at every row and writing none (B13): the latest look at an import.

    `data_version` is the version of the target's data that it looked at.
    """

    __tablename__ = "import_checks"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    data_version: Mapped[int]
    new: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    skipped: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    finished_at: Mapped[datetime | None]


class CheckedRow(Base):
    """One of the first rows that an import would add or change: `fields` is a JSON object of [before, after] texts."""

    __tablename__ = "checked_rows"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    becomes: Mapped[str] = mapped_column(String(10))
    fields: Mapped[str] = mapped_column(Text)


class ProblemGroup(Base):
    """All cells of a column that were rejected for one reason with one value: how many, and where the first is."""

    __tablename__ = "problem_groups"
    __table_args__ = (UniqueConstraint("import_id", "phase", "field", "code", "value"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    phase: Mapped[str] = mapped_column(String(10))
    field: Mapped[str] = mapped_column(String(63))
    header: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(30))
    value: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    count: Mapped[int]
    first_row: Mapped[int]


class RejectedCell(Base):
    """Why a row was rejected: one cell of it, as it came, and the reason. A row with two bad cells has two."""

    __tablename__ = "rejected_cells"
    __table_args__ = (Index("rejected_cells_by_row", "import_id", "row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    sheet: Mapped[str] = mapped_column(String(255))
    row: Mapped[int]
    column: Mapped[str] = mapped_column(String(3))
    header: Mapped[str] = mapped_column(String(255))
    value: Mapped[str | None] = mapped_column(Text)
    code: Mapped[str] = mapped_column(String(30))
    reason: Mapped[str] = mapped_column(Text)


class RejectedRow(Base):
    """A rejected row as it came, for the workbook of errors (B14): `cells` is a JSON list, in the sheet's order, of
    cells as `sheets.wire` wraps them. `repaired_in` is the import of a correction that took the row in, None for none.
    """

    __tablename__ = "rejected_rows"

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row: Mapped[int] = mapped_column(primary_key=True)
    cells: Mapped[str] = mapped_column(Text)
    repaired_in: Mapped[int | None]


class KeptRow(Base):
    """A row that undoing an import left as it is, because it was changed since (B15): its name, and why."""

    __tablename__ = "kept_rows"
    __table_args__ = (UniqueConstraint("import_id", "target_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    target_row: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
