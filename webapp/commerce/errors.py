"""What can go wrong with orders and reports. The docstring of each is its message; names in braces are filled in."""

from typing import Any


class CommerceProblem(Exception):
    """What was asked for is not possible."""

    def __init__(self, **facts: Any):
        self.sentence = str(self.__doc__).format(**facts)
        super().__init__(self.sentence)


class NothingToProcess(CommerceProblem):
    """There is no order to process: none is new, and none is invalid."""


class NothingToReport(CommerceProblem):
    """There is nothing to report: no customer has an order."""


class InvalidOrder(CommerceProblem):
    """The order cannot be processed."""


class CustomerMissing(InvalidOrder):
    """The order belongs to no customer. Name one that exists."""


class LinesMissing(InvalidOrder):
    """The order has no lines. Add what was ordered, or remove it."""


class QuantityTooSmall(InvalidOrder):
    """Line {position}, {product}: the quantity is {quantity:,}. It has to be 1 or more."""


class PriceNegative(InvalidOrder):
    """Line {position}, {product}: the unit price is {price:,}. It must not be below zero."""


class TaxRateUnknown(InvalidOrder):
    """Line {position}, {product}: there is no tax rate of {rate} %. There are: {known}."""


class DiscountImpossible(InvalidOrder):
    """The customer's discount is {discount} %. It has to be from 0 to 100 %."""


class AmountTooLarge(InvalidOrder):
    """The lines come to {amount:,}. The most that an order may come to is {most:,}."""
