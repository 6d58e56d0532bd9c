"""People and who they belong to, where they are signed in, and how often someone tried a password."""

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base

ROLES = ("admin", "manager", "member")


class Organization(Base):
    """The people who share datasets and import templates."""

    __tablename__ = "organizations"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class User(Base):
    """A person with an account. `email` is stored normalized, so that its uniqueness knows no case."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"), index=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(10))
    password_hash: Mapped[str] = mapped_column(String(200))
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    organization: Mapped[Organization] = relationship(lazy="joined", innerjoin=True)


class UserSession(Base):
    """A browser in which a user is signed in. `id` is the SHA-256, in hex, of the token that only the browser has."""

    __tablename__ = "user_sessions"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime] = mapped_column(index=True)
    expires_at: Mapped[datetime] = mapped_column(index=True)
    address: Mapped[str] = mapped_column(String(45))
    browser: Mapped[str] = mapped_column(String(100))


class SignInAttempts(Base):
    """How often a password was tried lately for an account or from an address, and until when nobody may try again.

    `origin` is a word and a SHA-256: what is typed into a sign-in form as an e-mail address may be a password.
    """

    __tablename__ = "sign_in_attempts"

    origin: Mapped[str] = mapped_column(String(80), primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(index=True)
    blocked_until: Mapped[datetime]
