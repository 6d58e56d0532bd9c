"""A column as a template defines it: its name, its type, and the rules for its cells."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Column:
    """`header` is its name in workbooks, `field` its name in the dataset, `type` a name from `types.COLUMN_TYPES`.

    All rules are texts, as a person writes them and as a database keeps them; `check_column` says which make no sense.
    """

    header: str
    field: str
    type: str = "text"
    required: bool = False
    aliases: tuple[str, ...] = ()
    """Other headers that mean this column."""
    default: str | None = None
    """Stands in for a blank; it is converted like a cell that holds this text."""
    choices: tuple[str, ...] = ()
    """Allowed values of the type "choice": found whatever the case and spaces, kept as they are written here."""
    pattern: str | None = None
    """Regular expression that the whole text of a value must match."""
    minimum: str | None = None
    """Least value, in the type's own notation; for texts, the least number of characters."""
    maximum: str | None = None
    """Greatest value, as `minimum`."""
    unique: bool = False
    """No two rows of the dataset share a value: checked by who imports, not here."""
    date_format: str | None = None
    """How dates kept as text are written, a name from `date_formats.DATE_FORMATS`."""
    decimal_sign: str | None = None
    """"," or ".": how numbers kept as text are written. Without it, only those with one clear reading are taken."""
    yes: tuple[str, ...] = ()
    """Words for yes in place of the built-in ones."""
    no: tuple[str, ...] = ()
    """Words for no in place of the built-in ones."""
    replacements: tuple[tuple[str, str | None], ...] = ()
    """Text of a cell, and the text to take instead; None makes it a blank. Error cells ("#N/A") are texts here too."""
    references: str | None = None
    """What a column of the type "reference" names, as "customers.number": resolved by who imports."""
