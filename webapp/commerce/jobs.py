"""Processing orders and reporting on customers as jobs: each by iteration and in steps, over the same services."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, TypedDict

from sqlalchemy import Select
from sqlalchemy.orm import Session
from typing_extensions import Unpack

from webapp.db import reading
from webapp.extensions import kernel
from webapp.jobs import Attempt, Enumerator, Handler, Job, Step, job, nested, rows, submitted

from . import orders, reports
from .errors import NothingToProcess, NothingToReport
from .models import Customer, Order

ORDERS, REPORTS = "orders", "reports"
"""The kinds of these jobs: what they are about."""
STYLES = ("iteration", "steps")
SIZE = 50
"""Orders in one transaction: few enough that the lock of the database is soon free again (DESIGN §4)."""


class Wishes(TypedDict, total=False):
    """How a job is to be done: in one of STYLES; `delay`, seconds that it waits for each order, so that it can be
    watched; `interrupt_when`, a trigger of the kernel's; `submission_key`, that of the form that asks for it.
    """

    style: Literal["iteration", "steps"]
    delay: float
    interrupt_when: dict[str, Any] | None
    submission_key: str | None


@job("commerce.process_orders", unit="orders")
def process_orders(job: Attempt, *, organization_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """Processes the open orders by iteration: the iteration keeps the place."""
    for order_ids in job.iterate(_ids(orders.open_ids(organization_id, up_to), Order.id), size=SIZE):
        with job.batch(message="Processing orders") as session:
            _process(job, session, order_ids)
        job.wait(seconds_each * len(order_ids))
    return {"outcome": orders.summary(job.processed, job.failed_items)}


@job("commerce.process_orders_in_steps", unit="orders")
def process_orders_in_steps(job: Attempt, *, organization_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """Processes the open orders in steps: the second of them keeps its place by hand."""

    @job.step("load")
    def load(step: Step) -> None:
        with reading() as session:
            total = orders.count_open(session, organization_id, up_to)
        with step.batch(total=total):
            pass

    @job.step("process")
    def process(step: Step) -> None:
        while order_ids := _next_orders(organization_id, up_to, after=step.cursor or 0):
            done = job.processed + len(order_ids)
            with step.batch(order_ids[-1], processed=done, message="Processing orders") as session:
                _process(job, session, order_ids)
            job.wait(seconds_each * len(order_ids))

    return {"outcome": orders.summary(job.processed, job.failed_items)}


@job("commerce.report_customers", unit="orders")
def report_customers(job: Attempt, *, organization_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """Reports on customers by iteration, order by order: it may stop within a customer, and goes on there."""
    found = nested(
        _ids(reports.customer_ids(organization_id, up_to), Customer.id),
        lambda customer_id: _ids(reports.order_ids(customer_id, up_to), Order.id),
        total=_orders_to_count(organization_id, up_to),
    )
    for pairs in job.iterate(found, size=SIZE):
        with job.batch(message="Counting orders") as session:
            reports.count(session, pairs, job.id, up_to, datetime.now(UTC))
        job.wait(seconds_each * len(pairs))
    return _made_by(job)


@job("commerce.report_customers_in_steps", unit="orders")
def report_customers_in_steps(job: Attempt, *, organization_id: int, up_to: int, seconds_each: float) -> dict[str, Any]:
    """Reports on customers in steps, one of them in each transaction: it stops between customers only."""

    @job.step("load")
    def load(step: Step) -> None:
        with step.batch(total=_orders_to_count(organization_id, up_to)):
            pass

    @job.step("report")
    def report(step: Step) -> None:
        while pairs := _next_customer(organization_id, up_to, after=step.cursor or 0):
            done, customer_id = job.processed + len(pairs), pairs[0][0]
            with step.batch(customer_id, processed=done, message="Counting orders") as session:
                reports.count(session, pairs, job.id, up_to, datetime.now(UTC))
            job.wait(seconds_each * len(pairs))

    return _made_by(job)


PROCESSING = {"iteration": process_orders, "steps": process_orders_in_steps}
REPORTING = {"iteration": report_customers, "steps": report_customers_in_steps}


def start_processing(session: Session, organization_id: int, owner_id: int | None, **wishes: Unpack[Wishes]) -> Job:
    """Enqueues the processing of the organization's open orders, of those that are there now.

    Raises NothingToProcess or TooManyActiveJobs.
    """
    if known := _known(session, owner_id, wishes):
        return known
    up_to = orders.last_id(session, organization_id)
    count = orders.count_open(session, organization_id, up_to)
    if not count:
        raise NothingToProcess
    title, subject = f"Process {_many(count, 'order')}", (ORDERS, organization_id)
    return _enqueue(session, PROCESSING, owner_id, subject, title, up_to, count, wishes)


def start_reports(session: Session, organization_id: int, owner_id: int | None, **wishes: Unpack[Wishes]) -> Job:
    """Enqueues a report on each customer of the organization with orders, on those orders that are there now.

    Raises NothingToReport or TooManyActiveJobs.
    """
    if known := _known(session, owner_id, wishes):
        return known
    up_to = orders.last_id(session, organization_id)
    customers, count = reports.extent(session, organization_id, up_to)
    if not count:
        raise NothingToReport
    title, subject = f"Report on {_many(customers, 'customer')}", (REPORTS, organization_id)
    return _enqueue(session, REPORTING, owner_id, subject, title, up_to, count, wishes)


def _known(session: Session, owner_id: int | None, wishes: Wishes) -> Job | None:
    """The job that this very form made before: what was to be done then may be done by now."""
    key = wishes.get("submission_key")
    return submitted(session, owner_id, key) if owner_id is not None and key else None


def _enqueue(
    session: Session, handlers: dict[str, Handler], owner_id: int | None, subject: tuple[str, int], title: str,
    up_to: int, total: int, wishes: Wishes,
) -> Job:  # fmt: skip
    style = wishes.get("style", "iteration")
    return kernel.enqueue(
        session,
        handlers[style],
        owner=owner_id,
        subject=subject,
        title=f"{title} in steps" if style == "steps" else title,
        submission_key=wishes.get("submission_key"),
        total=total,
        interrupt_when=wishes.get("interrupt_when"),
        organization_id=subject[1],
        up_to=up_to,
        seconds_each=wishes.get("delay", 0.0),
    )


def _ids(query: Select[int], by: Any) -> Enumerator[int]:
    return rows(query, by=by, reading=reading)


def _next_orders(organization_id: int, up_to: int, after: int) -> list[int]:
    with reading() as session:
        return orders.next_open(session, organization_id, up_to, after, SIZE)


def _next_customer(organization_id: int, up_to: int, after: int) -> list[tuple[int, int]]:
    """All orders of the next customer, as (customer, order)."""
    with reading() as session:
        customer_id = reports.next_customer(session, organization_id, up_to, after)
        return [] if customer_id is None else reports.orders_of(session, customer_id, up_to)


def _orders_to_count(organization_id: int, up_to: int) -> int:
    with reading() as session:
        return reports.extent(session, organization_id, up_to)[1]


def _process(job: Attempt, session: Session, order_ids: Sequence[int]) -> None:
    for refusal in orders.process(session, order_ids, job.id, datetime.now(UTC)):
        job.record_failure(refusal.number, refusal.reason)


def _made_by(job: Attempt) -> dict[str, Any]:
    with reading() as session:
        return {"outcome": reports.summary(session, job.id)}


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun if count == 1 else noun + 's'}"
