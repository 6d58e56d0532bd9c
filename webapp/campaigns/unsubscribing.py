"""Who wants no more messages: the signed link in each of them, and the list that is kept."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import select
from sqlalchemy.orm import Session

from .errors import WrongLink
from .models import Unsubscribe


@dataclass(frozen=True)
class Reader:
    """Somebody who gets messages of an organization."""

    organization_id: int
    email: str


class Links:
    """Makes and reads the tokens of links. They hold for ever: a message may be opened years later."""

    def __init__(self, secret: str):
        self._serializer = URLSafeSerializer(secret, salt="campaigns.unsubscribe")

    def token_for(self, reader: Reader) -> str:
        """The end of the link in the messages of this reader."""
        token: str = self._serializer.dumps([reader.organization_id, reader.email])
        return token

    def reader_of(self, token: str) -> Reader:
        """Whose token this is. Raises WrongLink."""
        try:
            return Reader(*self._serializer.loads(token))
        except BadSignature:
            raise WrongLink from None


def unsubscribe(session: Session, reader: Reader, at: datetime) -> None:
    """Notes that this reader wants no more; once is enough."""
    if not is_unsubscribed(session, reader):
        session.add(Unsubscribe(organization_id=reader.organization_id, email=reader.email, at=at))


def is_unsubscribed(session: Session, reader: Reader) -> bool:
    """Whether this reader wants no more."""
    return bool(unsubscribed(session, reader.organization_id, [reader.email]))


def unsubscribed(session: Session, organization_id: int, emails: Collection[str]) -> set[str]:
    """Those of the addresses that want no messages of the organization."""
    query = select(Unsubscribe.email).where(Unsubscribe.organization_id == organization_id)
    return set(session.scalars(query.where(Unsubscribe.email.in_(emails))))
