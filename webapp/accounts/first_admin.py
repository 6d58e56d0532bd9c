"""The first admin of an installation: whoever can read the token that it printed, once.

There is no default account, and a page that made whoever comes first an admin would be a gift to whoever scans fastest.
"""

import hmac
import os
import secrets
from pathlib import Path

from sqlalchemy.orm import Session

from webapp.db import reading, writing

from . import service
from .errors import AlreadySetUp, WrongToken
from .models import User

FILE = "first_admin_token"


def prepare_token(session: Session, instance: Path) -> str | None:
    """The token in the instance folder, made if there is none; None once somebody has an account."""
    if not service.nobody_yet(session):
        forget_token(instance)
        return None
    try:
        descriptor = os.open(instance / FILE, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return _token(instance)
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_urlsafe(32))
    return _token(instance)


def claim(instance: Path, *, token: str, organization: str, name: str, email: str, password: str) -> User:
    """Makes the first admin. Of many who claim at once with the right token, one succeeds.

    Raises AlreadySetUp, WrongToken, what `service.new_password` raises and what `service.create_user` raises.
    """
    with reading() as session:
        _refuse_unless_first(session)
    if not hmac.compare_digest(token.strip().encode(), (_token(instance) or secrets.token_urlsafe(32)).encode()):
        raise WrongToken(name=FILE)
    password_hash = service.new_password(password, email, name, organization)
    with writing() as session:
        _refuse_unless_first(session)
        user = service.create_user(
            session, email=email, name=name, role="admin", organization=organization, password_hash=password_hash
        )
    forget_token(instance)
    return user


def forget_token(instance: Path) -> None:
    """Removes the token, if it is there."""
    (instance / FILE).unlink(missing_ok=True)


def _refuse_unless_first(session: Session) -> None:
    if not service.nobody_yet(session):
        raise AlreadySetUp


def _token(instance: Path) -> str | None:
    """The token, or None if there is none or it is not whole yet."""
    try:
        token = (instance / FILE).read_text().strip()
    except FileNotFoundError:
        return None
    return token if len(token) >= 43 else None
