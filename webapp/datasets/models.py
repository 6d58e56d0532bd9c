"""Datasets: an organization's own tables, their columns, and their rows."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base


class Dataset(Base):
    """A table of an organization's own making. `version` grows whenever its rows change, and
    `row_count` is how many there are: to count a million takes longer than to show a page of them.
    """

    __tablename__ = "datasets"
    __table_args__ = (UniqueConstraint("organization_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    version: Mapped[int] = mapped_column(default=0)
    row_count: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    columns: Mapped[list["DatasetColumn"]] = relationship(
        order_by="DatasetColumn.position", cascade="all, delete-orphan", lazy="selectin"
    )


class DatasetColumn(Base):
    """A column of a dataset: its field in the rows, its header on pages, its type."""

    __tablename__ = "dataset_columns"
    __table_args__ = (UniqueConstraint("dataset_id", "field"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    position: Mapped[int]
    field: Mapped[str] = mapped_column(String(63))
    header: Mapped[str] = mapped_column(String(255))
    type: Mapped[str] = mapped_column(String(20))


class DatasetRow(Base):
    """A row of a dataset. `data` is a JSON object of its fields; `key` is the JSON list of its key's values,
    None in a dataset without a key. `created_in` and `changed_in` are the changes that made it and wrote it last; None
    for what no import did.
    """

    __tablename__ = "dataset_rows"
    __table_args__ = (
        UniqueConstraint("dataset_id", "key"),
        Index("dataset_rows_in_order", "dataset_id", "id"),
        Index("dataset_rows_by_change", "created_in", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    dataset_id: Mapped[int] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"))
    key: Mapped[str | None] = mapped_column(Text)
    data: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    updated_at: Mapped[datetime]
    created_in: Mapped[int | None]
    changed_in: Mapped[int | None]


class EarlierRow(Base):
    """What a row was before a change touched it for the first time: what undoing the change gives back."""

    __tablename__ = "earlier_rows"
    __table_args__ = (Index("earlier_rows_by_row", "row_id"),)

    change: Mapped[int] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(ForeignKey("dataset_rows.id", ondelete="CASCADE"), primary_key=True)
    data: Mapped[str] = mapped_column(Text)
    changed_in: Mapped[int | None]
    updated_at: Mapped[datetime]
