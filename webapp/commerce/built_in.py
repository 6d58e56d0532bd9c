"""What imports and exports may know of the tables of this room."""

from webapp.exports import sources
from webapp.imports.targets import references, tables

from . import customer_table, order_table, table_exports


def register() -> None:
    """Makes customers and orders targets of imports and sources of exports, and customers something to refer to."""
    tables.register(customer_table.BUILT_IN)
    tables.register(order_table.BUILT_IN)
    references.register(customer_table.REFERENCE)
    sources.register("customers", table_exports.customers)
    sources.register("orders", table_exports.orders)
