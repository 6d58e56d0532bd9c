"""An organization with orders, and what is asked of its jobs."""

from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from sqlalchemy import select

from tests.conftest import Cast
from webapp.commerce.models import Order, WorkAudit
from webapp.db import reading, writing

from .goods import stock

Stock = Callable[..., None]


@pytest.fixture
def context(app: Flask) -> Iterator[None]:
    """The application, to be asked without a request."""
    with app.app_context():
        yield


@pytest.fixture
def stocked(app: Flask, cast: Cast) -> Stock:
    """Gives the Harbour Office (or another) customers and orders: `stocked(count, of=customers)`."""

    def stocked(count: int, of: int, bad_every: int = 10, organization_id: int = cast.ada.organization_id) -> None:
        with app.app_context(), writing() as session:
            stock(session, organization_id, count, of, bad_every)

    return stocked


def all_orders() -> list[Order]:
    """Every order there is, as it came in."""
    with reading() as session:
        return list(session.scalars(select(Order).order_by(Order.id)))


def audited(run: str) -> dict[str, int]:
    """How often a run did what."""
    with reading() as session:
        return {line.item: line.times for line in session.scalars(select(WorkAudit).where(WorkAudit.run == run))}
