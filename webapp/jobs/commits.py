"""What has to happen once a transaction is committed, and must not if it, or its savepoint, is rolled back."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session, SessionTransaction

_KEY = "webapp.jobs.after_commit"


def after_commit(session: Session, callback: Callable[[], None]) -> None:
    """Calls `callback` after the session's whole transaction is committed; never, if its part of it is rolled back."""
    session.info.setdefault(_KEY, []).append((session.get_nested_transaction(), callback))


@event.listens_for(Session, "after_commit")
def _run(session: Session) -> None:
    """At the end of a savepoint too: then what was to follow is up to the transaction around it."""
    savepoint = session.get_nested_transaction()
    if savepoint is not None:
        around = _savepoint(savepoint.parent)
        waiting = session.info.get(_KEY, [])
        waiting[:] = [(around if part is savepoint else part, callback) for part, callback in waiting]
        return
    for _, callback in session.info.pop(_KEY, ()):
        callback()


@event.listens_for(Session, "after_soft_rollback")
def _forget(session: Session, ended: SessionTransaction) -> None:
    """The end of the whole takes all along, that of a savepoint its own; that of a flush leads to one of these."""
    waiting = session.info.get(_KEY, [])
    waiting[:] = [each for each in waiting if ended.parent is not None and each[0] is not ended]


def _savepoint(transaction: SessionTransaction | None) -> SessionTransaction | None:
    return transaction if transaction is not None and transaction.nested else None
