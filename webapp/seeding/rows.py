"""What seeds grow into: customers, orders and readers that could be, the same for the same seed. Nobody is real.

Each row is made from the seed and its own number alone: so a smaller set is the beginning of a larger one.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random

from webapp.campaigns.addresses import Entry
from webapp.commerce.customers import NewCustomer
from webapp.commerce.orders import NewLine, NewOrder

FIRST_NAMES = ("Alma", "Bjarne", "Carys", "Dario", "Edda", "Filip", "Greta", "Hanno", "Ines", "Jorun", "Kees", "Livia")
LAST_NAMES = ("Ankerby", "Bollard", "Cutwater", "Dorfmann", "Eskolan", "Fairlead", "Halyard", "Kielhorn", "Lanterno")
OTHER_SCRIPTS = ("山本 ほたる", "Ольга Причалова", "Νεφέλη Λιμανή", "ليلى المرسى", "नीरा घाटकर", "Žofie Přístavní")
LONG_NAME = "Wilhelmina Theodora Anneliese van der Oosterschelde-Hohenwarthenau und zu Breitenkai-Nordersiel, Witwe"
TRADES = ("Chandlery", "Ropeworks", "Sailmakers", "Coldstore", "Ferries", "Boatyard")
COUNTRIES = ("Denmark", "Norway", "Iceland", "Portugal", "Estonia", "Japan")
DISCOUNTS = ("0", "0", "2.50", "5", "10", "33.33")
GOODS = (
    ("Manila rope, 50 m", "38.90", "19"),
    ("Shackle, 12 mm", "4.35", "19"),
    ("Fender, large", "64.50", "19"),
    ("Chart of the bay", "21.99", "7"),
    ("Ship's biscuit, 1 kg", "3.05", "7"),
    ("Pilotage", "120.00", "0"),
)
BAD_ADDRESSES = ("no-at-sign.example.org", "two@@example.org", "spaces in it@example.org", "nobody@")
FIRST_DAY = date(2026, 1, 5)


def customer(seed: int, number: int) -> NewCustomer:
    """A customer. Some have no address, some one that cannot be; some no country; names are of all kinds."""
    chance = Random(f"{seed} customer {number}")
    name = _name(chance)
    if chance.random() < 0.4:
        name = f"{name.split()[-1]} {chance.choice(TRADES)}"
    country = None if chance.random() < 0.06 else chance.choice(COUNTRIES)
    return NewCustomer(
        customer_number(number), name, _address(chance, "customer", number), country, Decimal(chance.choice(DISCOUNTS))
    )


def order(seed: int, number: int, customers: int) -> NewOrder:
    """An order of one of the first so many customers; about a tenth are not as they must be."""
    chance = Random(f"{seed} order {number}")
    lines = [_line(chance) for _ in range(chance.randint(1, 4))]
    whose: str | None = customer_number(chance.randint(1, customers))
    if chance.random() < 0.1:
        lines, whose = _spoilt(chance, lines, whose)
    return NewOrder(f"S-{number:05d}", whose, FIRST_DAY + timedelta(days=chance.randrange(320)), lines)


def reader(seed: int, number: int) -> Entry:
    """Somebody whom a campaign goes to."""
    chance = Random(f"{seed} reader {number}")
    name = _name(chance) if chance.random() < 0.95 else ""
    fields = {"country": chance.choice(COUNTRIES)} if chance.random() < 0.9 else {}
    return Entry(_address(chance, "reader", number) or "", name, fields)


def has_unsubscribed(seed: int, number: int) -> bool:
    """Whether this reader wants no more messages."""
    return Random(f"{seed} wish {number}").random() < 0.03


def customer_number(number: int) -> str:
    """What the customer in this place is called in orders."""
    return f"S-{number:05d}"


def _name(chance: Random) -> str:
    kind = chance.random()
    if kind < 0.02:
        return LONG_NAME
    return chance.choice(OTHER_SCRIPTS) if kind < 0.12 else f"{chance.choice(FIRST_NAMES)} {chance.choice(LAST_NAMES)}"


def _address(chance: Random, what: str, number: int) -> str | None:
    """An address below a domain that is kept for examples (RFC 2606): no mail gets there."""
    kind = chance.random()
    if what == "customer" and kind < 0.08:
        return None
    return f"{number}-{chance.choice(BAD_ADDRESSES)}" if kind > 0.97 else f"{what}{number}@example.org"


def _line(chance: Random) -> NewLine:
    product, price, rate = chance.choice(GOODS)
    return NewLine(product, chance.randint(1, 24), Decimal(price), Decimal(rate))


def _spoilt(chance: Random, lines: Sequence[NewLine], whose: str | None) -> tuple[list[NewLine], str | None]:
    """The lines and the customer of an order that cannot be processed, in one of several ways."""
    shackle, price, rate = "Shackle, 12 mm", Decimal("4.35"), Decimal(19)
    ways: tuple[tuple[list[NewLine], str | None], ...] = (
        ([], whose),
        ([NewLine(shackle, 0, price, rate)], whose),
        ([NewLine(shackle, 1, -price, rate)], whose),
        ([NewLine(shackle, 1, price, Decimal(16))], whose),
        (list(lines), None),
    )
    return chance.choice(ways)
