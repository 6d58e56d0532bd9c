"""`bin/flask orders …` and `customers …`: for scripts. Exit code 0 done, 1 failed, 2 wrong usage."""

import json
from collections.abc import Callable, Sequence
from typing import Any

import click
from sqlalchemy.orm import Session

from webapp.accounts.models import User
from webapp.accounts.service import first_admin, get_by_email
from webapp.db import reading, writing
from webapp.jobs import Job, State
from webapp.web.commands import Commands, as_json
from webapp.web.job_commands import ended, print_job

from . import customers, orders
from .jobs import STYLES, start_processing, start_reports
from .models import Customer, Order

orders_group = Commands("orders", help="Orders: list them, process them.")
customers_group = Commands("customers", help="Customers: list them, report on them.")

owned = click.option("--owner", metavar="EMAIL", help="In whose organization; the first admin's unless given.")
searched = click.option("--search", default="", help="Only those with this text in what identifies them.")
limited = click.option("--limit", type=click.IntRange(min=0), help="At most so many; all of them unless given.")
styled = click.option("--style", type=click.Choice(STYLES), default=STYLES[0], help="How the job keeps its place.")
delayed = click.option("--delay", type=click.FloatRange(min=0), default=0.0, help="Seconds to wait for each order.")
waited = click.option("--wait", is_flag=True, help="Wait for the end of the job; the running instance's workers do it.")


@orders_group.command("list")
@owned
@click.option("--status", type=click.Choice(orders.STATUSES), help="Only those that are so.")
@searched
@limited
@as_json
def list_orders(owner: str | None, status: str | None, search: str, limit: int | None, json_: bool) -> None:
    """List the orders, the newest first."""
    with reading() as session:
        query = orders.listed(_person(session, owner).organization_id, status=status or "", search=search)
        found = [_about_order(order) for order in session.scalars(query.limit(limit))]
    _print_all("orders", found, json_)


@orders_group.command("process")
@owned
@styled
@delayed
@waited
@as_json
def process(owner: str | None, style: str, delay: float, wait: bool, json_: bool) -> None:
    """Process the orders that are new or invalid."""
    _run(start_processing, owner, wait, json_, style=style, delay=delay)


@customers_group.command("list")
@owned
@searched
@limited
@as_json
def list_customers(owner: str | None, search: str, limit: int | None, json_: bool) -> None:
    """List the customers, by number."""
    with reading() as session:
        query = customers.listed(_person(session, owner).organization_id, search=search)
        found = list(session.scalars(query.limit(limit)))
        counts = customers.orders_by_customer(session, [customer.id for customer in found])
    _print_all("customers", [_about_customer(each, counts.get(each.id, 0)) for each in found], json_)


@customers_group.command("report")
@owned
@styled
@delayed
@waited
@as_json
def report(owner: str | None, style: str, delay: float, wait: bool, json_: bool) -> None:
    """Make a report on each customer who has orders."""
    _run(start_reports, owner, wait, json_, style=style, delay=delay)


def _run(start: Callable[..., Job], owner: str | None, wait: bool, json_: bool, **wishes: Any) -> None:
    """Starts a job and prints it: at once, or as it has ended."""
    with writing() as session:
        person = _person(session, owner)
        job = start(session, person.organization_id, person.id, **wishes)
    print_job(job := ended(job.id) if wait else job, json_)
    raise SystemExit(1 if wait and job.state != State.COMPLETED else 0)


def _person(session: Session, owner: str | None) -> User:
    return get_by_email(session, owner) if owner else first_admin(session)


def _about_order(order: Order) -> dict[str, Any]:
    """An order for scripts: amounts as text, so that no digit is lost."""
    return {
        "number": order.number,
        "customer": order.customer.number if order.customer else None,
        "ordered_on": order.ordered_on.isoformat(),
        "status": order.status,
        "problem": order.problem,
        "total": None if order.total is None else str(order.total),
    }


def _about_customer(customer: Customer, orders_count: int) -> dict[str, Any]:
    return {
        "number": customer.number,
        "name": customer.name,
        "email": customer.email,
        "country": customer.country,
        "discount": str(customer.discount),
        "orders": orders_count,
    }


def _print_all(what: str, found: Sequence[dict[str, Any]], json_: bool) -> None:
    if json_:
        click.echo(json.dumps({what: found}))
        return
    for facts in found:
        click.echo("\t".join("" if value is None else str(value) for value in facts.values()))
