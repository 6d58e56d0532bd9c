"""Exact amounts and percentages: decimals of two places, stored as whole numbers of cents and of hundredths."""

from decimal import Decimal

from sqlalchemy import BigInteger, Dialect
from sqlalchemy.types import TypeDecorator

CENT = Decimal("0.01")
NOTHING = Decimal("0.00")


class Money(TypeDecorator[Decimal]):
    """An amount, such as 12.30. More than two places are an error: who has them has to say how they are rounded."""

    impl = BigInteger
    cache_ok = True

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """To the database: cents. Raises ValueError for what is not exactly so many."""
        return None if value is None else to_hundredths(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """From the database: exact, with both places."""
        return None if value is None else from_hundredths(value)


class Percent(Money):
    """A percentage, such as 7.50, kept like money: in hundredths of a percent."""

    cache_ok = True


def to_hundredths(value: Decimal) -> int:
    """The decimal as a whole number of hundredths. Raises ValueError if it is not one."""
    hundredths = value.scaleb(2)
    if hundredths != hundredths.to_integral_value():
        raise ValueError(f"{value} has more than two places.")
    return int(hundredths)


def from_hundredths(value: int | Decimal) -> Decimal:
    """So many hundredths as a decimal of two places."""
    return Decimal(value).scaleb(-2).quantize(CENT)
