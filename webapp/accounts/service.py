"""What can be done with accounts: make one, find one, change its password, close it."""

import logging
import re
import unicodedata
from collections.abc import Collection
from typing import Protocol

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from . import passwords, sessions
from .errors import (
    AccountError,
    EmailTaken,
    InvalidEmail,
    InvalidName,
    InvalidOrganization,
    NoAdmin,
    UnknownRole,
    UserNotFound,
)
from .models import ROLES, Organization, User
from .moments import now

LONGEST_EMAIL, LONGEST_NAME = 254, 200
EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)*")
log = logging.getLogger(__name__)


class Viewer(Protocol):
    """Somebody who looks at things: a user, or the person who is signed in."""

    @property
    def id(self) -> int:
        """The id of the user."""

    @property
    def role(self) -> str:
        """What they may do."""

    @property
    def organization_id(self) -> int:
        """Where they belong."""


def create_user(session: Session, *, email: str, name: str, role: str, organization: str, password_hash: str) -> User:
    """Gives a person an account in the organization of that name, which is made if there is none.

    `password_hash` is what `new_password` answered: hashing takes too long for a transaction that others wait for.
    Raises InvalidEmail, InvalidName, InvalidOrganization, UnknownRole and EmailTaken.
    """
    address = normalized(email)
    if len(address) > LONGEST_EMAIL or not EMAIL.fullmatch(address):
        raise InvalidEmail(email=address[:LONGEST_EMAIL])
    if role not in ROLES:
        raise UnknownRole(role=role, roles=", ".join(ROLES))
    if session.scalar(select(User.id).where(User.email == address)) is not None:
        raise EmailTaken(email=address)
    user = User(
        email=address,
        name=_one_line(name, InvalidName),
        role=role,
        organization=organization_named(session, organization),
        password_hash=password_hash,
        created_at=now(),
    )
    session.add(user)
    session.flush()
    log.info("user %s created: %s of organization %s", user.id, role, user.organization_id)
    return user


def new_password(password: str, *names: str) -> str:
    """The hash of a new password. `names` are those of its user, their e-mail address and their organization.

    Raises PasswordTooShort, PasswordTooLong and PasswordTooCommon.
    """
    passwords.check(password, names)
    return passwords.hashed(password)


def organization_named(session: Session, name: str) -> Organization:
    """The organization of this name; a new one, not stored yet, if there is none. Raises InvalidOrganization."""
    line = _one_line(name, InvalidOrganization)
    found = session.scalar(select(Organization).where(Organization.name == line))
    return found or Organization(name=line, created_at=now())


def get_by_email(session: Session, email: str) -> User:
    """The user with this e-mail address, however it is written.

    Raises UserNotFound.
    """
    user = session.scalar(select(User).where(User.email == normalized(email)))
    if user is None:
        raise UserNotFound(email=normalized(email)[:LONGEST_EMAIL])
    return user


def first_admin(session: Session) -> User:
    """The admin who has had an account for the longest.

    Raises NoAdmin.
    """
    user = session.scalar(select(User).where(User.role == "admin", User.is_active).order_by(User.id).limit(1))
    if user is None:
        raise NoAdmin
    return user


def visible_owner_ids(session: Session, person: Viewer) -> list[int]:
    """The ids of the people whose jobs this person may see: their own; an admin, everybody's of their organization."""
    if person.role != "admin":
        return [person.id]
    return list(session.scalars(select(User.id).where(User.organization_id == person.organization_id)))


def names_for(session: Session, person: Viewer, emails: Collection[str]) -> dict[str, str | None]:
    """For those of the addresses that belong to an account: its name as this person may know it, which is None for
    somebody of another organization.
    """
    found = session.execute(select(User.email, User.name, User.organization_id).where(User.email.in_(emails)))
    return {email: name if organization == person.organization_id else None for email, name, organization in found}


def users(session: Session) -> list[User]:
    """Everybody who has an account, by organization and e-mail address."""
    query = select(User).join(User.organization).order_by(Organization.name, User.email)
    return list(session.scalars(query))


def nobody_yet(session: Session) -> bool:
    """Whether no account was ever made here."""
    return session.scalar(select(func.count()).select_from(User)) == 0


def set_password(session: Session, user: User, password_hash: str, session_id: str) -> None:
    """Gives the user another password, and ends their sessions but this one."""
    user.password_hash = password_hash
    sessions.end_others(session, user.id, session_id)
    log.info("user %s changed the password", user.id)


def deactivate(session: Session, email: str) -> User:
    """Closes an account: its sessions end at once, and nobody signs in to it any more. What it made stays.

    Raises UserNotFound.
    """
    user = get_by_email(session, email)
    user.is_active = False
    sessions.end_all(session, user.id)
    log.info("user %s deactivated", user.id)
    return user


def normalized(email: str) -> str:
    """An e-mail address as it is stored: one spelling for all ways to write it."""
    return unicodedata.normalize("NFKC", email).strip().casefold()


def _one_line(text: str, problem: type[AccountError]) -> str:
    """The text without the spaces around it; raises the problem if it is empty, too long or not one printable line."""
    line = unicodedata.normalize("NFC", text).strip()
    if not 1 <= len(line) <= LONGEST_NAME or not line.isprintable():
        raise problem(limit=LONGEST_NAME)
    return line
