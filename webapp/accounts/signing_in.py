"""Signing in, and what else asks for the present password.

These functions bring their transactions along: an attempt has to be counted, and the count committed, before its
password is hashed, and nothing may be locked while it is.
"""

import logging
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from webapp.db import reading, writing

from . import passwords, service, sessions, throttle
from .errors import WrongCredentials, WrongPassword
from .models import User
from .sessions import Limits

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Visit:
    """Where somebody is: their network address, and the name of their browser."""

    address: str
    browser: str


def sign_in(email: str, password: str, visit: Visit, limits: Limits) -> str:
    """Opens a session for the user with this e-mail address and password, and answers its token.

    Raises TooManyAttempts and WrongCredentials; neither tells whether there is such a user, nor does their time.
    """
    email = service.normalized(email)
    account, address = throttle.account(email), throttle.address(visit.address)
    with writing() as session:
        throttle.count(session, account, address)
    kept = _kept_hash(email)
    if not passwords.matches(password, kept):
        log.warning("sign-in refused at %s", visit.address)
        raise WrongCredentials
    renewed = passwords.hashed(password) if kept and passwords.is_outdated(kept) else kept
    with writing() as session:
        user = _unchanged(session, email, kept)
        user.password_hash = str(renewed)
        throttle.forget(session, account)
        throttle.give_back(session, address)
        token = sessions.open_session(session, user.id, limits, visit.address, visit.browser)
    log.info("user %s signed in at %s", user.id, visit.address)
    return token


def open_session_of(user_id: int, visit: Visit, limits: Limits) -> str:
    """Opens a session for a user who was made this very moment, and answers its token."""
    with writing() as session:
        return sessions.open_session(session, user_id, limits, visit.address, visit.browser)


def change_password(user_id: int, present: str, new: str, session_id: str) -> None:
    """Changes the user's password, if the present one is right, and ends their sessions but this one.

    Raises TooManyAttempts, WrongPassword, PasswordTooShort, PasswordTooLong and PasswordTooCommon.
    """
    with writing() as session:
        throttle.count(session, throttle.change(user_id))
    with reading() as session:
        user = session.get_one(User, user_id)
    if not passwords.matches(present, user.password_hash):
        raise WrongPassword
    new_hash = service.new_password(new, user.email, user.name, user.organization.name)
    with writing() as session:
        user = _unchanged(session, user.email, user.password_hash)
        service.set_password(session, user, new_hash, session_id)
        throttle.forget(session, throttle.change(user_id))


def _kept_hash(email: str) -> str | None:
    with reading() as session:
        return session.scalar(select(User.password_hash).where(User.email == email, User.is_active))


def _unchanged(session: Session, email: str, kept: str | None) -> User:
    """The user, if the password that was looked at is still theirs."""
    user = session.scalar(select(User).where(User.email == email, User.is_active, User.password_hash == kept))
    if user is None:
        raise WrongCredentials
    return user
