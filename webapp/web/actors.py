"""Who did something, as far as the reader may know: colleagues have names, what else there is has a description."""

from collections.abc import Collection

from flask_login import current_user

from webapp.accounts.service import names_for
from webapp.db import db

OF_ANOTHER_ORGANIZATION = "An admin of another organization"
OPERATOR = "An operator"
"""Whoever is at the command line. Admins are told the name that is left there."""


def names_of(actors: Collection[str]) -> dict[str, str]:
    """What each of them is called: of pages the e-mail address is known, of commands the user of the machine."""
    known = names_for(db.session, current_user, actors) if actors else {}
    return {actor: _name_of(actor, known) for actor in actors}


def _name_of(actor: str, known: dict[str, str | None]) -> str:
    if actor in known:
        return known[actor] or OF_ANOTHER_ORGANIZATION
    return actor if current_user.is_admin else OPERATOR
