"""What imports may know of the tables of this room."""

from webapp.imports.targets import tables

from . import recipient_table


def register() -> None:
    """Makes the recipients of campaigns a target of imports."""
    tables.register(recipient_table.BUILT_IN)
