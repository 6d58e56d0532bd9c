"""What is wrong with a row when taking it in raises an error, and what is wrong with the world around it instead."""

from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from webapp.sheets import WorkbookRefused

POISON = "poison"
"""The code of a row that cannot be taken in and that no rule refuses."""
OF_THE_ROW = DataError, IntegrityError
"""What a database says of values that it will not keep; all else that it says is about itself."""
OF_THE_WORLD = OSError, MemoryError, WorkbookRefused, DBAPIError


def is_poison(error: Exception) -> bool:
    """Whether an error may come from what a row holds: then the row is looked for, and the others go on."""
    return isinstance(error, OF_THE_ROW) or not isinstance(error, OF_THE_WORLD)
