"""Exports: what was asked for of a dataset or a built-in table, and the file that came of it."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.datasets.models import Dataset
from webapp.db import Base


class Export(Base):
    """One dataset or built-in table on its way into a file.

    `source` is "dataset", with the dataset beside it, or the name of a built-in table.
    `asked` says which rows and columns, as JSON (see `asking.Asked`). `stored_as` is the random name of the file in
    the exports folder: None before it is whole, and once it is gone. `notes` are lines of what was altered, as JSON.
    """

    __tablename__ = "exports"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    source: Mapped[str] = mapped_column(String(40), default="dataset")
    dataset_id: Mapped[int | None] = mapped_column(ForeignKey("datasets.id", ondelete="CASCADE"), index=True)
    created_by: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime]
    format: Mapped[str] = mapped_column(String(10))
    name: Mapped[str] = mapped_column(String(255))
    asked: Mapped[str] = mapped_column(Text)
    stored_as: Mapped[str | None] = mapped_column(String(64))
    rows: Mapped[int | None]
    size: Mapped[int | None] = mapped_column(BigInteger().with_variant(Integer, "sqlite"))
    notes: Mapped[str] = mapped_column(Text, default="[]")
    finished_at: Mapped[datetime | None]
    expires_at: Mapped[datetime | None] = mapped_column(index=True)
    dataset: Mapped[Dataset | None] = relationship(lazy="joined")
