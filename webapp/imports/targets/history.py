"""What imports changed in built-in tables: what each row was before, so that an import can be taken back, and a digest
of what it became, so that a row that was changed since can be told.
"""

import hashlib
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import ForeignKey, Index, String, Table, Text, bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from webapp.db import Base, lock, run_many

from ..models import Import, ImportTemplate


class ImportChange(Base):
    """A row of a built-in table that an import created or changed. `before` is what it was, a JSON object, None for one
    that was created; `after` is the digest of what the import made of it.
    """

    __tablename__ = "import_changes"
    __table_args__ = (Index("import_changes_by_row", "row_id", "import_id"),)

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
    before: Mapped[str | None] = mapped_column(Text)
    after: Mapped[str] = mapped_column(String(64))


class TargetVersion(Base):
    """How often imports have changed a built-in table of an organization: `number` grows with each batch."""

    __tablename__ = "target_versions"

    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), primary_key=True)
    target: Mapped[str] = mapped_column(String(40), primary_key=True)
    number: Mapped[int]


CHANGES = cast(Table, ImportChange.__table__)
INSERT = insert(CHANGES).inline()
UPDATE = update(CHANGES).where(CHANGES.c.import_id == bindparam("this_import"), CHANGES.c.row_id == bindparam("this"))

Document = dict[str, Any]
"""A row of a built-in table as JSON has it, and whatever belongs to it."""

encode = msgspec.json.Encoder(decimal_format="number", order="deterministic").encode
_read = msgspec.json.Decoder(float_hook=Decimal).decode


class Changed(NamedTuple):
    """A row of a table that was changed: its id, what it was (None: it was not there), and what it became."""

    row_id: int
    before: Document | None
    after: Document


def remember(session: Session, import_id: int, changed: Sequence[Changed]) -> None:
    """Keeps what rows were before the import touched them for the first time, and what they are now."""
    ids = [each.row_id for each in changed if each.before is not None]
    touched = _touched(session, import_id, ids) if ids else set()
    new = [
        (each.row_id, each.before and encode(each.before).decode(), digest(each.after))
        for each in changed
        if each.row_id not in touched
    ]
    again = [(each.row_id, digest(each.after)) for each in changed if each.row_id in touched]
    run_many(session, INSERT, ("row_id", "before", "after"), new, {"import_id": import_id})
    run_many(session, UPDATE, ("this", "after"), again, {"this_import": import_id})


def rows_of(session: Session, import_id: int, after: int, limit: int) -> list[int]:
    """The ids of the rows that an import created or changed, in order, those behind `after`, at most so many."""
    query = select(ImportChange.row_id).where(ImportChange.import_id == import_id, ImportChange.row_id > after)
    return list(session.scalars(query.order_by(ImportChange.row_id).limit(limit)))


def created(session: Session, import_id: int, row_ids: Collection[int]) -> set[int]:
    """Of these rows those that the import created."""
    query = select(ImportChange.row_id).where(ImportChange.import_id == import_id, ImportChange.before.is_(None))
    return set(session.scalars(query.where(ImportChange.row_id.in_(row_ids)))) if row_ids else set()


def changes_of(session: Session, import_id: int, row_ids: Collection[int]) -> list[ImportChange]:
    """What an import did to these rows."""
    query = select(ImportChange).where(ImportChange.import_id == import_id, ImportChange.row_id.in_(row_ids))
    return list(session.scalars(query.order_by(ImportChange.row_id)))


def later_changes(session: Session, import_id: int, target: str, row_ids: Collection[int]) -> dict[int, int]:
    """Of these rows of a table those that later imports changed, with the last of them."""
    query = select(ImportChange.row_id, func.max(ImportChange.import_id)).join(Import).join(ImportTemplate)
    query = query.where(ImportTemplate.target == target, ImportChange.import_id > import_id)
    return dict(session.execute(query.where(ImportChange.row_id.in_(row_ids)).group_by(ImportChange.row_id)).all())


def before_of(change: ImportChange) -> Document | None:
    """What the row was; None if the import created it."""
    return None if change.before is None else decode(change.before)


def decode(stored: str) -> Document:
    """A document as it was encoded; its decimals are exact."""
    found: Document = _read(stored)
    return found


def digest(document: Document) -> str:
    """Tells one document from another: 64 hex characters."""
    return hashlib.sha256(encode(document)).hexdigest()


def version_of(session: Session, organization_id: int, target: str) -> int:
    """A number that grows with each batch that imports change in the table."""
    return session.scalar(select(TargetVersion.number).where(*_is(organization_id, target))) or 0


def hold(session: Session, organization_id: int, target: str) -> None:
    """Until the transaction ends, no other import changes the table: before what is there is relied upon."""
    lock(session, f"target:{organization_id}:{target}")


def grow(session: Session, organization_id: int, target: str) -> None:
    """Makes it grow. The table must be on hold."""
    query = update(TargetVersion).where(*_is(organization_id, target)).values(number=TargetVersion.number + 1)
    if session.execute(query.returning(TargetVersion.number)).first() is None:
        session.execute(insert(TargetVersion).values(organization_id=organization_id, target=target, number=1))


def forget(session: Session, import_id: int, row_ids: Collection[int]) -> None:
    """Drops what is kept of these rows: they are what they were."""
    of_import = delete(ImportChange).where(ImportChange.import_id == import_id)
    session.execute(of_import.where(ImportChange.row_id.in_(row_ids)))


def _touched(session: Session, import_id: int, row_ids: Collection[int]) -> set[int]:
    query = select(ImportChange.row_id).where(ImportChange.import_id == import_id)
    return set(session.scalars(query.where(ImportChange.row_id.in_(row_ids))))


def _is(organization_id: int, target: str) -> tuple[Any, Any]:
    return TargetVersion.organization_id == organization_id, TargetVersion.target == target
