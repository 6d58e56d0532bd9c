"""Where people are signed in: sessions in the database, known by the hash of a token that only the browser has."""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Engine, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session

from webapp.db import lookup

from .models import Organization, User, UserSession
from .moments import now

SEEN_EVERY = timedelta(minutes=1)
"""How exactly it is known when a session was last used: a write for each request would be too many."""


@dataclass(frozen=True)
class Limits:
    """How long sessions last: unused, and at all."""

    idle: timedelta
    absolute: timedelta


@dataclass(frozen=True)
class OpenSession:
    """A session that is open, its user and their organization, as plain values."""

    id: str
    last_seen_at: datetime
    user_id: int
    email: str
    name: str
    role: str
    organization_id: int
    organization_name: str


OPEN = (
    select(UserSession.id, UserSession.last_seen_at, User.id.label("user_id"), User.email, User.name, User.role)
    .add_columns(Organization.id.label("organization_id"), Organization.name.label("organization_name"))
    .join(User, User.id == UserSession.user_id)
    .join(Organization, Organization.id == User.organization_id)
    .where(UserSession.id == bindparam("this"), User.is_active)
    .where(UserSession.expires_at > bindparam("at"), UserSession.last_seen_at > bindparam("idle_since"))
)


def open_session(session: Session, user_id: int, limits: Limits, address: str, browser: str) -> str:
    """Opens a session for the user and answers its token; sessions that have run out are removed."""
    at, token = now(), secrets.token_urlsafe(32)
    session.execute(delete(UserSession).where(_run_out(at, limits)))
    session.add(
        UserSession(
            id=id_of(token),
            user_id=user_id,
            created_at=at,
            last_seen_at=at,
            expires_at=at + limits.absolute,
            address=address[:45],
            browser=browser[:100],
        )
    )
    return token


def find(engine: Engine, token: str, limits: Limits) -> OpenSession | None:
    """The open session of this token, None if there is none: ended, run out, or its user no longer active.

    Nothing of it is kept for the next request, so that whoever is signed out is out at once, in all processes.
    """
    at = now()
    found = lookup(engine, OPEN, this=id_of(token), at=at, idle_since=at - limits.idle)
    return OpenSession(**found) if found else None


def see(session: Session, session_id: str) -> None:
    """Notes that the session is in use now."""
    session.execute(update(UserSession).where(UserSession.id == session_id).values(last_seen_at=now()))


def sessions_of(session: Session, user_id: int, limits: Limits) -> list[UserSession]:
    """The user's open sessions, the latest used first."""
    query = select(UserSession).where(UserSession.user_id == user_id, ~_run_out(now(), limits))
    return list(session.scalars(query.order_by(UserSession.last_seen_at.desc(), UserSession.id)))


def end(session: Session, user_id: int, session_id: str) -> bool:
    """Ends one of the user's sessions; answers whether there was such a one, and it was theirs."""
    found = session.get(UserSession, session_id)
    if found is None or found.user_id != user_id:
        return False
    session.delete(found)
    return True


def end_others(session: Session, user_id: int, session_id: str) -> None:
    """Ends all of the user's sessions but this one."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id, UserSession.id != session_id))


def end_all(session: Session, user_id: int) -> None:
    """Ends all of the user's sessions."""
    session.execute(delete(UserSession).where(UserSession.user_id == user_id))


def id_of(token: str) -> str:
    """The id of the session of this token; a copy of the database signs nobody in."""
    return hashlib.sha256(token.encode()).hexdigest()


def _run_out(at: datetime, limits: Limits) -> ColumnElement[bool]:
    return or_(UserSession.expires_at <= at, UserSession.last_seen_at <= at - limits.idle)
