"""Customers, their orders, the reports that are made of them, and the audit of what was done how often."""

from datetime import date, datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from webapp.db import Base

from .money import NOTHING, Money, Percent


class Customer(Base):
    """Somebody who orders. `discount` is what they get off every order, in percent."""

    __tablename__ = "customers"
    __table_args__ = (UniqueConstraint("organization_id", "number"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    number: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    email: Mapped[str | None] = mapped_column(String(254))
    country: Mapped[str | None] = mapped_column(String(100))
    discount: Mapped[Decimal] = mapped_column(Percent, default=NOTHING)


class Order(Base):
    """What a customer ordered, and, once it is processed, what it costs. `problem` says why it is invalid.

    `status` is one of `orders.STATUSES`. The amounts are None unless it is processed.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        Index("orders_by_status", "organization_id", "status"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[int] = mapped_column(ForeignKey("organizations.id", ondelete="CASCADE"))
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    number: Mapped[str] = mapped_column(String(40))
    ordered_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10), default="new")
    problem: Mapped[str | None] = mapped_column(Text)
    subtotal: Mapped[Decimal | None] = mapped_column(Money)
    discount: Mapped[Decimal | None] = mapped_column(Money)
    tax: Mapped[Decimal | None] = mapped_column(Money)
    total: Mapped[Decimal | None] = mapped_column(Money)
    processed_at: Mapped[datetime | None]
    customer: Mapped[Customer | None] = relationship()
    lines: Mapped[list["OrderLine"]] = relationship(order_by="OrderLine.position", cascade="all, delete-orphan")


class OrderLine(Base):
    """One thing that was ordered. `tax_rate` is in percent."""

    __tablename__ = "order_lines"
    __table_args__ = (UniqueConstraint("order_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id", ondelete="CASCADE"))
    position: Mapped[int]
    product: Mapped[str] = mapped_column(String(200))
    quantity: Mapped[int]
    unit_price: Mapped[Decimal] = mapped_column(Money)
    tax_rate: Mapped[Decimal] = mapped_column(Percent)


class CustomerReport(Base):
    """A report on the orders of a customer, in the making or made by one run.

    It is made once as many orders are counted as are expected: then it has its `document`, a CSV. `figures` is what
    `Figures` stores. The amounts are the sums of the processed orders.
    """

    __tablename__ = "customer_reports"
    __table_args__ = (UniqueConstraint("customer_id", "run"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id", ondelete="CASCADE"))
    run: Mapped[str] = mapped_column(String(40), index=True)
    expected_orders: Mapped[int]
    counted_orders: Mapped[int] = mapped_column(default=0)
    subtotal: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    discount: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    tax: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    total: Mapped[Decimal] = mapped_column(Money, default=NOTHING)
    first_on: Mapped[date | None]
    last_on: Mapped[date | None]
    figures: Mapped[str] = mapped_column(Text, default="{}")
    document: Mapped[str | None] = mapped_column(Text)
    made_at: Mapped[datetime | None]
    customer: Mapped[Customer] = relationship()


class WorkAudit(Base):
    """How often a run did something with an item: once, unless something is wrong. What these are is not known here."""

    __tablename__ = "work_audit"

    run: Mapped[str] = mapped_column(String(40), primary_key=True)
    item: Mapped[str] = mapped_column(String(80), primary_key=True)
    times: Mapped[int]
