"""What a broken record does to its reader, said in a sentence."""

import struct
from collections.abc import Iterator
from contextlib import contextmanager

from .refusals import WorkbookDamaged


@contextmanager
def damage_named() -> Iterator[None]:
    """Turns what a broken record does to its reader into WorkbookDamaged."""
    try:
        yield
    except (struct.error, IndexError):
        raise WorkbookDamaged(detail="its records do not fit together") from None
