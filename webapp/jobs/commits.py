"""What has to happen once a transaction is committed, and must not if it is rolled back."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

_KEY = "webapp.jobs.after_commit"


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Calls `callback` after the session's transaction is committed; never, if it is rolled back."""
    session.info.setdefault(_KEY, []).append(callback)


@event.listens_for(Session, "after_commit")
def _run(session: Session) -> None:
    for callback in session.info.pop(_KEY, ()):
        callback()


@event.listens_for(Session, "after_rollback")
def _forget(session: Session) -> None:
    session.info.pop(_KEY, None)
