"""The pages of orders and customers, and the buttons that start their jobs."""

import secrets
from collections.abc import Callable
from io import BytesIO

from flask import Blueprint, redirect, render_template, request, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_login import current_user

from webapp.db import db, writing
from webapp.jobs import Job
from webapp.web import live
from webapp.web.asking import Asked
from webapp.web.paging import Page
from webapp.web.policy import signed_in
from webapp.web.responses import refused
from webapp.web.tracking import track

from . import customers as customers_service
from . import orders as orders_service
from . import pages, reports
from .documents import name_of
from .errors import CommerceProblem
from .jobs import STYLES, start_processing, start_reports

orders = Blueprint("orders", __name__, url_prefix="/orders")
customers = Blueprint("customers", __name__, url_prefix="/customers")

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
"""Tells spreadsheets that a CSV is UTF-8."""


@orders.get("")
@signed_in
def index() -> ResponseReturnValue:
    """The organization's orders."""
    asked = Asked.of(request.args)
    live.show(pages.orders_page(asked.subject))
    counts = orders_service.counts(db.session, current_user.organization_id)
    return render_template("commerce/orders.html", asked=asked, any_orders=any(counts.values()), **_form())


@orders.get("/<int:order_id>")
@signed_in
def show(order_id: int) -> ResponseReturnValue:
    """One order, with its lines and what it costs."""
    order = pages.order_or_404(order_id)
    return render_template("commerce/order.html", order=order, shares=pages.shares_of(order))


@orders.post("/processing")
@signed_in
def processing() -> ResponseReturnValue:
    """Starts the processing of the orders."""
    return _started(start_processing, url_for("orders.index"))


@customers.get("", endpoint="index")
@signed_in
def customers_index() -> ResponseReturnValue:
    """The organization's customers."""
    asked = Asked.of(request.args)
    live.show(pages.customers_page(asked.subject))
    any_customers = customers_service.count(db.session, current_user.organization_id) > 0
    return render_template("commerce/customers.html", asked=asked, any_customers=any_customers, **_form())


@customers.get("/<int:customer_id>", endpoint="show")
@signed_in
def customer(customer_id: int) -> ResponseReturnValue:
    """One customer, with their orders and the reports on them."""
    found = pages.customer_or_404(customer_id)
    page = Page.of(db.session, orders_service.of_customer(found.id), request.args.get("page", "1"))
    made = reports.of_customer(db.session, found.id, limit=pages.SHOWN_REPORTS)
    return render_template("commerce/customer.html", customer=found, page=page, reports=made)


@customers.get("/reports", endpoint="reports")
@signed_in
def reports_index() -> ResponseReturnValue:
    """The reports on the organization's customers."""
    page = Page.of(db.session, reports.listed(current_user.organization_id), request.args.get("page", "1"))
    return render_template("commerce/reports.html", page=page)


@customers.post("/reports")
@signed_in
def reporting() -> ResponseReturnValue:
    """Starts a report on each customer."""
    return _started(start_reports, url_for("customers.index"))


@customers.get("/<int:customer_id>/reports/<int:report_id>")
@signed_in
def report(customer_id: int, report_id: int) -> ResponseReturnValue:
    """The document of a report, as a file."""
    found = pages.report_or_404(customer_id, report_id)
    assert found.document is not None, "only reports that are made are found"
    content = BytesIO(BYTE_ORDER_MARK + found.document.encode())
    name = name_of(found.customer.number, found.made_at)
    return send_file(content, mimetype="text/csv", as_attachment=True, download_name=name)


def _started(start: Callable[..., Job], back: str) -> ResponseReturnValue:
    """Starts a job as the form says, and goes back to the page that shows it. What is not possible is said there."""
    style = request.form.get("style", "")
    wishes = {"style": style if style in STYLES else STYLES[0], "submission_key": request.form.get("submission_key")}
    try:
        with writing() as session:
            job = start(session, current_user.organization_id, current_user.id, **wishes)
    except CommerceProblem as problem:
        return refused(back, problem.sentence)
    track(job.id)
    return redirect(back, 303)


def _form() -> dict[str, str]:
    """What the form that starts a job needs."""
    return {"submission_key": secrets.token_urlsafe(18)}
