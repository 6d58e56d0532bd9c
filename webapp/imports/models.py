"""Imports: workbooks that were uploaded, the templates that say what their columns become, and what became of them."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.datasets.models import Dataset
from webapp.db import Base


class Upload(Base):
    """A workbook that someone uploaded. `stored_as` is its random name in the uploads folder, None once it is gone."""

    __tablename__ = "uploads"

    id: Mapped[str] = mapped_column(String(16), primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(255))
    stored_as: Mapped[str | None] = mapped_column(String(64))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime]


class ImportTemplate(Base):
    """How the columns of a kind of workbook become the fields of a dataset."""

    __tablename__ = "import_templates"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    sheet: Mapped[str | None] = mapped_column(String(255))
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    dataset: Mapped[Dataset] = relationship(lazy="joined")
    columns: Mapped[list["TemplateColumn"]] = relationship(
        order_by="TemplateColumn.position", cascade="all, delete-orphan", lazy="selectin"
    )


class TemplateColumn(Base):
    """A column of a template: the header in the workbook, the field it becomes, and what its cells must be."""

    __tablename__ = "template_columns"
    __table_args__ = (UniqueConstraint("template_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("import_templates.id", ondelete="CASCADE"))
    position: Mapped[int]
    header: Mapped[str] = mapped_column(String(255))
    field: Mapped[str] = mapped_column(String(63))
    type: Mapped[str] = mapped_column(String(20))
    required: Mapped[bool]
    key: Mapped[bool]


class Import(Base):
    """One workbook on its way into a dataset, with what became of its rows so far."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    template_id: Mapped[int] = mapped_column(ForeignKey("import_templates.id", ondelete="CASCADE"), index=True)
    upload_id: Mapped[str] = mapped_column(ForeignKey("uploads.id"), index=True)
    sheet: Mapped[str] = mapped_column(String(255))
    header_row: Mapped[int]
    created_by: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    inserted: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    template: Mapped[ImportTemplate] = relationship(lazy="joined")
    upload: Mapped[Upload] = relationship(lazy="joined")


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
