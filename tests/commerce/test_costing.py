"""What an order costs: exact, never negative, and every sum agrees to the cent."""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.commerce.costing import MOST, TAX_RATES, costs_of
from webapp.commerce.errors import InvalidOrder


@dataclass(frozen=True)
class Line:
    """A line that belongs to no order."""

    quantity: int
    unit_price: Decimal
    tax_rate: Decimal
    position: int = 1
    product: str = "Rope"


def line(quantity: int, price: str, rate: int = 19) -> Line:
    return Line(quantity, Decimal(price), Decimal(rate))


prices = st.integers(0, 10_000_000).map(lambda cents: Decimal(cents).scaleb(-2))
lines = st.lists(st.builds(Line, st.integers(1, 1_000), prices, st.sampled_from(TAX_RATES)), min_size=1, max_size=8)
discounts = st.integers(0, 10_000).map(lambda hundredths: Decimal(hundredths).scaleb(-2))


@given(lines, discounts)
def test_every_sum_agrees_to_the_cent(found, discount):
    costs = costs_of(found, discount)
    assert costs.subtotal == sum(each.unit_price * each.quantity for each in found)
    for name in ("subtotal", "discount", "tax"):
        assert getattr(costs, name) == sum(getattr(share, name) for share in costs.shares)
    assert costs.total == costs.subtotal - costs.discount + costs.tax


@given(lines, discounts)
def test_no_amount_is_negative_or_finer_than_a_cent(found, discount):
    costs = costs_of(found, discount)
    for amount in (costs.subtotal, costs.discount, costs.tax, costs.total):
        assert amount >= 0
        assert amount.as_tuple().exponent == -2
    assert costs.discount <= costs.subtotal


@given(lines, discounts)
def test_what_is_rounded_is_half_a_cent_off_at_most_for_each_tax_rate(found, discount):
    for share in costs_of(found, discount).shares:
        exact = Fraction(share.subtotal) * Fraction(discount) / 100
        assert Fraction(-1, 200) < Fraction(share.discount) - exact <= Fraction(1, 200)
        exact = (Fraction(share.subtotal) - Fraction(share.discount)) * Fraction(share.tax_rate) / 100
        assert Fraction(-1, 200) < Fraction(share.tax) - exact <= Fraction(1, 200)


@given(st.data())
def test_the_order_of_the_lines_changes_nothing(data):
    found, discount = data.draw(lines), data.draw(discounts)
    assert costs_of(found, discount) == costs_of(data.draw(st.permutations(found)), discount)


@pytest.mark.parametrize(
    ("found", "discount", "expected"),
    [
        ([line(1, "100.00")], "0", ("100.00", "0.00", "19.00", "119.00")),
        ([line(3, "0.05")], "10", ("0.15", "0.02", "0.02", "0.15")),
        ([line(1, "10.00"), line(1, "10.00", 7)], "2.50", ("20.00", "0.50", "2.53", "22.03")),
        ([line(2, "0.25", 7)], "0", ("0.50", "0.00", "0.04", "0.54")),
        ([line(5, "1.99", 0)], "100", ("9.95", "9.95", "0.00", "0.00")),
    ],
)
def test_amounts_that_were_worked_out_by_hand(found, discount, expected):
    costs = costs_of(found, Decimal(discount))
    assert tuple(map(str, (costs.subtotal, costs.discount, costs.tax, costs.total))) == expected


@pytest.mark.parametrize(
    ("found", "discount", "sentence"),
    [
        ([], "0", "The order has no lines. Add what was ordered, or remove it."),
        ([line(0, "1.00")], "0", "Line 1, Rope: the quantity is 0. It has to be 1 or more."),
        ([line(1, "1.00"), line(-3, "1.00")], "0", "Line 1, Rope: the quantity is -3. It has to be 1 or more."),
        ([line(1, "-1.00")], "0", "Line 1, Rope: the unit price is -1.00. It must not be below zero."),
        ([line(1, "1.00", 16)], "0", "Line 1, Rope: there is no tax rate of 16 %. There are: 0 %, 7 %, 19 %."),
        ([line(1, "1.00")], "100.01", "The customer's discount is 100.01 %. It has to be from 0 to 100 %."),
        ([line(1, "1.00")], "-10", "The customer's discount is -10 %. It has to be from 0 to 100 %."),
    ],
)
def test_what_cannot_be_costed_is_told_in_a_sentence(found, discount, sentence):
    with pytest.raises(InvalidOrder) as refused:
        costs_of(found, Decimal(discount))
    assert refused.value.sentence == sentence


def test_an_order_that_is_too_large_to_be_kept_is_refused():
    assert costs_of([line(1, str(MOST))], Decimal(0)).subtotal == MOST
    with pytest.raises(InvalidOrder, match=r"The most that an order may come to is 999,999,999,999\.99"):
        costs_of([line(2**31 - 1, "92233720368547758.07")], Decimal(0))
