"""What an order costs: discount and tax on its lines, exact to the cent. Knows no database.

The rules are those of European invoices, EN 16931. Lines are grouped by their tax rate. Of each group the customer's
discount is taken off (BR-S-08), and the tax is worked out on what remains, rounded to the cent (BR-CO-17). The tax of
the order is the sum of its groups' taxes (BR-CO-14), its total what remains plus the tax (BR-CO-15): so each sum
agrees to the cent. Half a cent is rounded up, as in the schemas that check these rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol

from .errors import AmountTooLarge, DiscountImpossible, LinesMissing, PriceNegative, QuantityTooSmall, TaxRateUnknown
from .money import CENT, NOTHING

TAX_RATES = (Decimal("0.00"), Decimal("7.00"), Decimal("19.00"))
"""The rates that there are, in percent: none, the reduced and the full one (UStG § 12)."""
MOST = Decimal("999999999999.99")
WHOLE = Decimal(100)


class Line(Protocol):
    """One thing that was ordered: so many at a price each, `tax_rate` in percent."""

    @property
    def position(self) -> int:
        """Its place in the order, from 1."""

    @property
    def product(self) -> str:
        """What it is."""

    @property
    def quantity(self) -> int:
        """How many."""

    @property
    def unit_price(self) -> Decimal:
        """What one costs, without tax."""

    @property
    def tax_rate(self) -> Decimal:
        """The percentage of tax on it."""


@dataclass(frozen=True)
class Share:
    """The part of an order that is taxed alike: what its lines come to, what is taken off, and the tax on the rest."""

    tax_rate: Decimal
    subtotal: Decimal
    discount: Decimal
    tax: Decimal


@dataclass(frozen=True)
class Costs:
    """What an order costs, by tax rate and in all."""

    shares: tuple[Share, ...]

    @property
    def subtotal(self) -> Decimal:
        """What the lines come to."""
        return sum((share.subtotal for share in self.shares), NOTHING)

    @property
    def discount(self) -> Decimal:
        """What is taken off."""
        return sum((share.discount for share in self.shares), NOTHING)

    @property
    def tax(self) -> Decimal:
        """The tax on the rest."""
        return sum((share.tax for share in self.shares), NOTHING)

    @property
    def total(self) -> Decimal:
        """What is to be paid."""
        return self.subtotal - self.discount + self.tax


def costs_of(lines: Sequence[Line], discount: Decimal) -> Costs:
    """What these lines cost with a discount in percent. Raises an InvalidOrder that says why they cannot be costed."""
    _check(lines, discount)
    rates = sorted({line.tax_rate for line in lines})
    return Costs(tuple(_share(rate, [line for line in lines if line.tax_rate == rate], discount) for rate in rates))


def amount_of(line: Line) -> Decimal:
    """What a line comes to, without discount and tax: exact, for it is so many whole cents so many times."""
    return line.unit_price * line.quantity


def _share(tax_rate: Decimal, lines: Iterable[Line], discount: Decimal) -> Share:
    subtotal = sum((amount_of(line) for line in lines), NOTHING)
    off = _percentage(discount, subtotal)
    return Share(tax_rate, subtotal, off, _percentage(tax_rate, subtotal - off))


def _percentage(percent: Decimal, amount: Decimal) -> Decimal:
    return (amount * percent / WHOLE).quantize(CENT, ROUND_HALF_UP)


def _check(lines: Sequence[Line], discount: Decimal) -> None:
    if not lines:
        raise LinesMissing
    for line in lines:
        _check_line(line)
    if not 0 <= discount <= WHOLE:
        raise DiscountImpossible(discount=_plain(discount))
    amount = sum((amount_of(line) for line in lines), NOTHING)
    if amount > MOST:
        raise AmountTooLarge(amount=amount, most=MOST)


def _check_line(line: Line) -> None:
    place = {"position": line.position, "product": line.product}
    if line.quantity < 1:
        raise QuantityTooSmall(**place, quantity=line.quantity)
    if line.unit_price < 0:
        raise PriceNegative(**place, price=line.unit_price)
    if line.tax_rate not in TAX_RATES:
        known = ", ".join(f"{_plain(rate)} %" for rate in TAX_RATES)
        raise TaxRateUnknown(**place, rate=_plain(line.tax_rate), known=known)


def _plain(percent: Decimal) -> str:
    return f"{percent.normalize():f}"
