"""Reports on customers: counted order by order, closed when all are counted, found again. Knows no job and no page."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Select, delete, func, select
from sqlalchemy.orm import Session, contains_eager, selectinload

from . import audit
from .documents import document_of
from .figures import Figures
from .models import Customer, CustomerReport, Order
from .money import NOTHING


def customer_ids(organization_id: int, up_to: int) -> Select[int]:
    """The ids of the customers to report on: those with orders, of those that were there when `up_to` was the last."""
    ordered = select(Order.id).where(Order.customer_id == Customer.id, Order.id <= up_to)
    return select(Customer.id).where(Customer.organization_id == organization_id, ordered.exists())


def order_ids(customer_id: int, up_to: int) -> Select[int]:
    """The ids of the orders that a report on this customer counts."""
    return select(Order.id).where(Order.customer_id == customer_id, Order.id <= up_to)


def next_customer(session: Session, organization_id: int, up_to: int, after: int) -> int | None:
    """The first customer to report on behind the id `after`, None behind the last."""
    query = customer_ids(organization_id, up_to).where(Customer.id > after).order_by(Customer.id)
    return session.scalar(query.limit(1))


def orders_of(session: Session, customer_id: int, up_to: int) -> list[tuple[int, int]]:
    """All orders that a report on this customer counts, as (customer, order)."""
    query = order_ids(customer_id, up_to).order_by(Order.id)
    return [(customer_id, order_id) for order_id in session.scalars(query)]


def extent(session: Session, organization_id: int, up_to: int) -> tuple[int, int]:
    """How many customers there are to report on, and how many orders they have in all."""
    ordered = select(func.count(Order.customer_id.distinct()), func.count()).where(Order.customer_id.is_not(None))
    customers, orders = session.execute(
        ordered.where(Order.organization_id == organization_id, Order.id <= up_to)
    ).one()
    return customers, orders


def count(session: Session, pairs: Sequence[tuple[int, int]], run: str, up_to: int, at: datetime) -> None:
    """Counts orders, given as (customer, order) by customer, in the reports that `run` makes, notes it in the audit,
    and closes each report whose last order is among them: then it has its document.
    """
    for customer_id, group in groupby(pairs, key=itemgetter(0)):
        report = _opened(session, customer_id, run, up_to)
        _count(report, _orders(session, [order_id for _, order_id in group]))
        if report.counted_orders == report.expected_orders:
            report.made_at, report.document = at, document_of(report.customer, report)
    audit.note(session, run, [str(order_id) for _, order_id in pairs])


def summary(session: Session, run: str) -> str:
    """What the run came to."""
    made = select(func.count(), func.sum(CustomerReport.counted_orders)).where(CustomerReport.run == run)
    reports, orders = session.execute(made.where(CustomerReport.document.is_not(None))).one()
    return f"{reports:,} {'report' if reports == 1 else 'reports'} made, of {orders or 0:,} orders."


def find(session: Session, organization_id: int, customer_id: int, report_id: int) -> CustomerReport | None:
    """The report on a customer of the organization, if it is made; else None."""
    query = listed(organization_id).where(CustomerReport.customer_id == customer_id, CustomerReport.id == report_id)
    found: CustomerReport | None = session.scalar(query)
    return found


def listed(organization_id: int) -> Select[Any]:
    """The reports that are made on the organization's customers, with these, the newest first: a query to page."""
    query = select(CustomerReport).join(CustomerReport.customer).options(contains_eager(CustomerReport.customer))
    query = query.where(Customer.organization_id == organization_id, CustomerReport.made_at.is_not(None))
    return query.order_by(CustomerReport.made_at.desc(), CustomerReport.id.desc())


def of_customer(session: Session, customer_id: int, limit: int) -> list[CustomerReport]:
    """The newest reports that are made on a customer."""
    query = select(CustomerReport).where(
        CustomerReport.customer_id == customer_id, CustomerReport.document.is_not(None)
    )
    return list(session.scalars(query.order_by(CustomerReport.id.desc()).limit(limit)))


def latest(session: Session, customer_ids: Iterable[int]) -> dict[int, CustomerReport]:
    """The newest report that is made on each of these customers; those without are left out."""
    newest = select(func.max(CustomerReport.id)).where(
        CustomerReport.customer_id.in_(customer_ids), CustomerReport.document.is_not(None)
    )
    query = select(CustomerReport).where(CustomerReport.id.in_(newest.group_by(CustomerReport.customer_id)))
    return {report.customer_id: report for report in session.scalars(query)}


def reset(session: Session, organization_id: int) -> None:
    """Removes all reports on the organization's customers, for a demonstration."""
    customers = select(Customer.id).where(Customer.organization_id == organization_id)
    session.execute(delete(CustomerReport).where(CustomerReport.customer_id.in_(customers)))


def _opened(session: Session, customer_id: int, run: str, up_to: int) -> CustomerReport:
    """The report that the run makes on the customer; begun, if it is not."""
    of_run = CustomerReport.customer_id == customer_id, CustomerReport.run == run
    report = session.scalar(select(CustomerReport).where(*of_run).options(selectinload(CustomerReport.customer)))
    if report is not None:
        return report
    expected = session.scalar(select(func.count()).select_from(order_ids(customer_id, up_to).subquery())) or 0
    report = CustomerReport(customer=session.get_one(Customer, customer_id), run=run, expected_orders=expected)
    session.add(report)
    session.flush()
    return report


def _orders(session: Session, ids: Sequence[int]) -> list[Order]:
    query = select(Order).where(Order.id.in_(ids)).order_by(Order.id)
    return list(session.scalars(query.options(selectinload(Order.lines))))


def _count(report: CustomerReport, orders: Sequence[Order]) -> None:
    figures = Figures(report.figures)
    for order in orders:
        figures.count(order)
        report.subtotal += order.subtotal or NOTHING
        report.discount += order.discount or NOTHING
        report.tax += order.tax or NOTHING
        report.total += order.total or NOTHING
        report.first_on = min(report.first_on or order.ordered_on, order.ordered_on)
        report.last_on = max(report.last_on or order.ordered_on, order.ordered_on)
    report.figures = figures.stored
    report.counted_orders += len(orders)
