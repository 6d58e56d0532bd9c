"""The figures of a report in the making: counts and amounts by status, by month and by product. Knows no database.

They can be stored after any order and gone on with: what comes out is the same.
"""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from .costing import amount_of
from .models import Order
from .money import NOTHING, from_hundredths, to_hundredths

PARTS = ("status", "month", "product")


class Figure(NamedTuple):
    """So many of something, and what they come to."""

    name: str
    quantity: int
    amount: Decimal


class Figures:
    """Counts and amounts, by name, in each part of the report."""

    def __init__(self, stored: str = "{}"):
        self._parts: dict[str, dict[str, list[int]]] = json.loads(stored)

    @property
    def stored(self) -> str:
        """What `Figures` makes these very figures from."""
        return json.dumps(self._parts, ensure_ascii=False, sort_keys=True)

    def count(self, order: Order) -> None:
        """Counts an order: by its status always, by month and by products if it is processed."""
        self._add("status", order.status, 1, order.total or NOTHING)
        if order.status != "processed":
            return
        self._add("month", f"{order.ordered_on:%Y-%m}", 1, order.total or NOTHING)
        for line in order.lines:
            self._add("product", line.product, line.quantity, amount_of(line))

    def of(self, part: str) -> Iterator[Figure]:
        """The figures of one of PARTS, by name."""
        for name, (quantity, cents) in sorted(self._parts.get(part, {}).items()):
            yield Figure(name, quantity, from_hundredths(cents))

    def _add(self, part: str, name: str, quantity: int, amount: Decimal) -> None:
        figure = self._parts.setdefault(part, {}).setdefault(name, [0, 0])
        figure[0] += quantity
        figure[1] += to_hundredths(amount)
