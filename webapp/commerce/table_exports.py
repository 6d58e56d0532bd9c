"""Customers and orders as sources of exports. Their columns are those of imports, so that an exported workbook comes
back unchanged, and what processing made of an order besides.
"""

from sqlalchemy import func, select

from webapp.exports.table_source import TableColumn, TableSource

from .models import Customer, Order, OrderLine

CUSTOMER = (
    TableColumn("Number", "number", "text", Customer.number),
    TableColumn("Name", "name", "text", Customer.name),
    TableColumn("E-mail", "email", "text", Customer.email),
    TableColumn("Country", "country", "text", Customer.country),
    TableColumn("Discount", "discount", "percent", Customer.discount),
)
ORDER = (
    TableColumn("Order", "number", "text", Order.number),
    TableColumn("Line", "position", "integer", func.coalesce(OrderLine.position, 0)),
    TableColumn("Customer", "customer", "text", Customer.number),
    TableColumn("Customer’s name", "customer_name", "text", Customer.name),
    TableColumn("Ordered on", "ordered_on", "date", Order.ordered_on),
    TableColumn("Product", "product", "text", OrderLine.product),
    TableColumn("Quantity", "quantity", "integer", OrderLine.quantity),
    TableColumn("Unit price", "unit_price", "decimal", OrderLine.unit_price),
    TableColumn("Tax rate", "tax_rate", "percent", OrderLine.tax_rate),
    TableColumn("Status", "status", "text", Order.status),
    TableColumn("Order total", "total", "decimal", Order.total),
)


def customers(organization_id: int) -> TableSource:
    """The customers of an organization, by number."""
    rows = select(*(column.found.label(column.field) for column in CUSTOMER))
    rows = rows.where(Customer.organization_id == organization_id).order_by(Customer.number, Customer.id)
    searched = Customer.number, Customer.name, Customer.email, Customer.country
    return TableSource("customers", "Customers", organization_id, CUSTOMER, rows, searched)


def orders(organization_id: int) -> TableSource:
    """The lines of an organization's orders, as they came; an order without lines has line 0."""
    rows = select(*(column.found.label(column.field) for column in ORDER)).select_from(Order)
    rows = rows.outerjoin(OrderLine, OrderLine.order_id == Order.id).outerjoin(
        Customer, Customer.id == Order.customer_id
    )
    rows = rows.where(Order.organization_id == organization_id).order_by(Order.id, OrderLine.position)
    return TableSource("orders", "Orders", organization_id, ORDER, rows, (Order.number, Customer.name))
