"""Where a demonstration's job stands, in words for people: the item that its cursor names, and not only its number."""

from typing import Any

from sqlalchemy.orm import Session

from webapp.campaigns.jobs import KIND as CAMPAIGN
from webapp.campaigns.models import Recipient
from webapp.commerce.jobs import ORDERS, REPORTS
from webapp.commerce.models import Customer, Order
from webapp.jobs import Job, State
from webapp.jobs.checkpoints import Checkpoint

from .errors import NotADemonstration


def checkpoint_words(session: Session, job: Job) -> str:
    """As in `in the step “process”, behind order S-00300: 300 of 1,000 orders done, checkpoint 6.`"""
    checkpoint = Checkpoint.read(job.cursor)
    step = f"in the step “{checkpoint.step}”, " if checkpoint.step else ""
    item = item_of(session, job)
    behind = f"behind {item}" if item else "at the end" if job.state == State.COMPLETED else "at the beginning"
    done = f"{job.processed:,} of {job.total or 0:,} {job.unit} done"
    return f"{step}{behind}: {done}, checkpoint {job.checkpoints:,}."


def item_of(session: Session, job: Job) -> str | None:
    """The item that the job has done last, by its name; None at the beginning. Raises NotADemonstration."""
    cursor = Checkpoint.read(job.cursor).cursor
    if job.kind not in {ORDERS, REPORTS, CAMPAIGN}:
        raise NotADemonstration(id=job.id)
    if cursor is None:
        return None
    if job.kind == ORDERS:
        return f"order {_of(session, Order, cursor, 'number')}"
    if job.kind == CAMPAIGN:
        return f"recipient {_of(session, Recipient, cursor, 'email')}"
    return _report_place(session, cursor)


def _report_place(session: Session, cursor: Any) -> str:
    """By iteration the cursor is the customer and the order, in steps the customer alone."""
    customer_id, *order_id = cursor if isinstance(cursor, list) else [cursor]
    customer = f"customer {_of(session, Customer, customer_id, 'number')}"
    return f"order {_of(session, Order, order_id[0], 'number')} of {customer}" if order_id else customer


def _of(session: Session, model: Any, row_id: Any, name: str) -> str:
    """What the row is called; its id if it is gone."""
    row = session.get(model, row_id)
    return str(row_id if row is None else getattr(row, name))
