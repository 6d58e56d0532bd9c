"""What the jobs of a proof do: rows that say so. Only a scratch installation has this table."""

from collections.abc import Iterable

from sqlalchemy import insert
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column


class Proof(DeclarativeBase):
    """What the tables of a proof are made from; no migration knows them."""


class Effect(Proof):
    """A trace that a job left. Nothing keeps it from being left twice but the kernel's own promise."""

    __tablename__ = "proof_effects"

    id: Mapped[int] = mapped_column(primary_key=True)
    job_id: Mapped[str]
    item: Mapped[str]


def leave(session: Session, job_id: str, items: Iterable[object]) -> None:
    """Leaves the traces of these items, in the caller's own transaction."""
    session.execute(insert(Effect), [{"job_id": job_id, "item": str(item)} for item in items])
