"""What the pages of orders and customers show, and their live parts: what a job changes, changes on them."""

from collections.abc import Sequence
from typing import Any

from flask import abort, render_template
from flask_login import current_user

from webapp.db import db
from webapp.jobs import FINISHED, Job, clock, jobs_of
from webapp.web.asking import Asked
from webapp.web.job_regions import are_moving, are_restless, views, visible
from webapp.web.live import Live
from webapp.web.paging import Page

from . import customers, orders, reports
from .costing import Share
from .errors import InvalidOrder
from .jobs import ORDERS, REPORTS
from .models import Customer, CustomerReport, Order

SHOWN_JOBS, SHOWN_REPORTS = 5, 20
NEWS = 3600.0
"""Seconds that a job stays on the page after its end."""


def order_or_404(order_id: int) -> Order:
    """The order, if it is the reader's organization's."""
    return orders.find(db.session, current_user.organization_id, order_id) or abort(404)


def customer_or_404(customer_id: int) -> Customer:
    """The customer, if they are the reader's organization's."""
    return customers.find(db.session, current_user.organization_id, customer_id) or abort(404)


def report_or_404(customer_id: int, report_id: int) -> CustomerReport:
    """The report, if it is made, on this customer, and the reader's organization's."""
    return reports.find(db.session, current_user.organization_id, customer_id, report_id) or abort(404)


def orders_page(subject: str) -> Live:
    """The live part of the list of orders: the jobs that process them, how many there are of each status, the list."""
    asked, jobs = Asked.read(subject), jobs_about(ORDERS)
    regions = {
        "orders-jobs": lambda: _jobs_region("orders-jobs", ORDERS),
        "orders-filters": lambda: render_template("commerce/_filters.html", asked=asked, counts=_counts()),
        "orders-list": lambda: render_template("commerce/_orders.html", asked=asked, page=orders_of(asked)),
    }
    return Live("orders", subject, tuple(visible()), regions, lambda: are_moving(jobs), are_restless(jobs))


def customers_page(subject: str) -> Live:
    """The live part of the list of customers: the jobs that report on them, and the list with the latest reports."""
    asked, jobs = Asked.read(subject), jobs_about(REPORTS)
    regions = {
        "customers-jobs": lambda: _jobs_region("customers-jobs", REPORTS),
        "customers-list": lambda: render_template("commerce/_customers.html", asked=asked, **_customers(asked)),
    }
    return Live("customers", subject, tuple(visible()), regions, lambda: are_moving(jobs), are_restless(jobs))


def jobs_about(kind: str) -> list[Job]:
    """The jobs of this kind that the reader may see and that have not ended; if there is none, the last that has, for
    as long as it is news.
    """
    query = jobs_of(visible(), kind=kind, subject_id=str(current_user.organization_id))
    newest = list(db.session.scalars(query.limit(SHOWN_JOBS)))
    under_way = [job for job in newest if job.state not in FINISHED]
    return under_way or [job for job in newest[:1] if (job.completed_at or 0) > clock.now() - NEWS]


def orders_of(asked: Asked) -> Page[Order]:
    """The page of orders that is asked for."""
    query = orders.listed(
        current_user.organization_id,
        status=asked.status,
        search=asked.q,
        sort=asked.sort,
        descending=asked.descending,
    )
    return Page.of(db.session, query, asked.page)


def shares_of(order: Order) -> Sequence[Share]:
    """The costs of a processed order by tax rate. None of them if they are no longer those that it was processed
    with, for the customer's discount has changed since.
    """
    try:
        costs = orders.costs_of(order)
    except InvalidOrder:
        return ()
    kept = (order.subtotal, order.discount, order.tax, order.total)
    return costs.shares if kept == (costs.subtotal, costs.discount, costs.tax, costs.total) else ()


def _customers(asked: Asked) -> dict[str, Any]:
    query = customers.listed(current_user.organization_id, search=asked.q, sort=asked.sort, descending=asked.descending)
    page = Page.of(db.session, query, asked.page)
    ids = [customer.id for customer in page.items]
    orders_count, latest = customers.orders_by_customer(db.session, ids), reports.latest(db.session, ids)
    return {"page": page, "orders_count": orders_count, "latest": latest}


def _counts() -> dict[str, int]:
    return orders.counts(db.session, current_user.organization_id)


def _jobs_region(region: str, kind: str) -> str:
    return render_template("commerce/_jobs.html", region=region, jobs=views(jobs_about(kind)))
