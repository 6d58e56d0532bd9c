"""Customers as a table: what imports may bring, and how it is written."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import cast

from sqlalchemy import Select, Table, bindparam, delete, func, insert, or_, select, update
from sqlalchemy.orm import Session

from webapp.db import run_many
from webapp.imports.targets.references import Reference
from webapp.imports.targets.tables import BuiltIn, Document, Flaw, Present, Refusal, Row, TemplateColumn, exact
from webapp.sheets.conversion.mail_addresses import problem_of

from .models import Customer, Order
from .money import CENT

CUSTOMERS = cast(Table, Customer.__table__)
COLUMNS = CUSTOMERS.c.id, CUSTOMERS.c.number, CUSTOMERS.c.name, CUSTOMERS.c.email, CUSTOMERS.c.country
INSERT = insert(CUSTOMERS).inline()
UPDATE = update(CUSTOMERS).where(CUSTOMERS.c.id == bindparam("this"))
FIELDS = ("number", "name", "email", "country", "discount")
LENGTHS = {"number": 40, "name": 200, "email": 254, "country": 100}
HUNDRED = Decimal(100)


class CustomerTable:
    """The customers of an organization, each a document by their number."""

    def __init__(self, organization_id: int) -> None:
        self._organization_id = organization_id

    def tidied(self, values: Document) -> Document:
        """No discount is one of zero."""
        return values | {"discount": values["discount"] or 0} if "discount" in values else values

    def refusals(self, session: Session, rows: Sequence[Row]) -> list[Refusal]:
        """None: whoever has a number can be a customer."""
        return []

    def flaws(self, values: Document) -> Iterable[Flaw]:
        """Texts that are too long, addresses that can be none, discounts that are none."""
        for field, longest in LENGTHS.items():
            if len(str(values.get(field) or "")) > longest:
                yield Flaw(field, "too_long", f"has more than {longest} characters")
        if problem := values.get("email") and problem_of(values["email"]):
            yield Flaw("email", "wrong_email", f"'{values['email']}' is no e-mail address: {in_a_sentence(problem)}")
        if "discount" in values and (reason := percent_problem(values["discount"], HUNDRED)):
            yield Flaw("discount", "wrong_percent", reason)

    def wanted(self, values: Document) -> Collection[str]:
        """Number and name."""
        return "number", "name"

    def name_of(self, document: Document) -> str:
        """The number."""
        return str(document["number"])

    def by_name(self, session: Session, names: Collection[str], *, lock: bool = False) -> list[Present]:
        """As `Table` says."""
        return self._found(session, self._customers().where(CUSTOMERS.c.number.in_(names)), lock)

    def by_id(self, session: Session, ids: Collection[int], *, lock: bool = False) -> list[Present]:
        """As `Table` says."""
        return self._found(session, self._customers().where(CUSTOMERS.c.id.in_(ids)), lock)

    def part_of(self, document: Document, values: Document) -> Document:
        """The whole document."""
        return document

    def joined(self, document: Document | None, values: Document) -> Document:
        """The values in place of those that are there."""
        blank: Document = dict.fromkeys(FIELDS) | {"discount": 0}
        return (document or blank) | {field: values[field] for field in FIELDS if field in values}

    def settled(self, document: Document) -> None:
        """A customer may always change."""

    def add(self, session: Session, documents: Sequence[Document]) -> list[int]:
        """As `Table` says."""
        rows = [_stored(document) | {"organization_id": self._organization_id} for document in documents]
        returning = insert(CUSTOMERS).returning(CUSTOMERS.c.id, sort_by_parameter_order=True)
        return list(session.scalars(returning, rows))

    def change(self, session: Session, changed: Sequence[tuple[Present, Document]]) -> None:
        """As `Table` says."""
        rows = [(there.id, *_stored(document).values()) for there, document in changed]
        run_many(session, UPDATE, ("this", *FIELDS), rows, {})

    def held(self, session: Session, ids: Collection[int]) -> Mapping[int, str]:
        """Those who have orders."""
        query = select(Order.customer_id, func.count()).where(Order.customer_id.in_(ids)).group_by(Order.customer_id)
        return {
            customer_id: f"Has {count:,} {'order' if count == 1 else 'orders'} now."
            for customer_id, count in session.execute(query)
        }

    def remove(self, session: Session, ids: Collection[int]) -> None:
        """As `Table` says; the reports on them go with them."""
        session.execute(delete(CUSTOMERS).where(CUSTOMERS.c.id.in_(ids)))

    def _customers(self) -> Select[tuple[int, str, str, str | None, str | None, Decimal]]:
        query = select(*COLUMNS, CUSTOMERS.c.discount).where(CUSTOMERS.c.organization_id == self._organization_id)
        return query.order_by(CUSTOMERS.c.id)

    def _found(
        self, session: Session, query: Select[tuple[int, str, str, str | None, str | None, Decimal]], lock: bool
    ) -> list[Present]:
        rows = session.execute(query.with_for_update() if lock else query)
        return [
            Present(row_id, dict(zip(FIELDS, (number, name, email, country, share(discount)), strict=True)))
            for row_id, number, name, email, country, discount in rows
        ]


def share(percent: Decimal) -> Decimal | int:
    """A percentage as cells have it: 19.00 is 0.19."""
    found: Decimal | int = exact(percent / HUNDRED)
    return found


def percent(found: Decimal | int) -> Decimal:
    """What a cell has as a percentage: 0.19 is 19.00."""
    return (Decimal(found) * HUNDRED).quantize(CENT)


def percent_problem(found: Decimal | int | None, most: Decimal) -> str | None:
    """Why a table cannot keep what a cell has as a percentage, in words; None if it can."""
    value = Decimal(found or 0) * HUNDRED
    if not 0 <= value <= most:
        return f"{value.normalize():f} % is not between 0 and {most:f} %"
    return None if value == value.quantize(CENT) else f"{value.normalize():f} % has more than two places"


def in_a_sentence(problem: str) -> str:
    """A sentence as the end of another: small at its beginning, and without its stop."""
    return problem[0].lower() + problem[1:].rstrip(".")


def named(session: Session, organization_id: int, texts: Collection[str]) -> dict[str, Sequence[str]]:
    """Whom each text names: the customer of that number, else all with that e-mail address, or else that name."""
    numbers = select(Customer.number).where(Customer.organization_id == organization_id, Customer.number.in_(texts))
    found: dict[str, Sequence[str]] = {number: (number,) for number in session.scalars(numbers)}
    others = {text for text in texts if text not in found}
    return found | (_by_address_or_name(session, organization_id, others) if others else {})


def _by_address_or_name(session: Session, organization_id: int, texts: Collection[str]) -> dict[str, Sequence[str]]:
    query = select(Customer.number, Customer.email, Customer.name).where(Customer.organization_id == organization_id)
    wanted = [text.lower() for text in texts]
    met = or_(func.lower(Customer.email).in_(wanted), Customer.name.in_(texts), func.lower(Customer.name).in_(wanted))
    addresses: dict[str, list[str]] = {}
    names: dict[str, list[str]] = {}
    for number, email, name in session.execute(query.where(met).order_by(Customer.number)):
        addresses.setdefault((email or "").lower(), []).append(number)
        names.setdefault(name.lower(), []).append(number)
    return {text: addresses.get(text.lower()) or names.get(text.lower(), []) for text in texts}


def _stored(document: Document) -> Document:
    """The values of a document by field, in the order of FIELDS, as the columns take them."""
    return {field: document[field] for field in FIELDS} | {"discount": percent(document["discount"])}


BUILT_IN = BuiltIn(
    name="customers",
    title="Customers",
    noun="customer",
    columns=(
        TemplateColumn(
            "Number", "number", required=True, key=True, maximum="40",
            aliases=("Customer", "Customer no", "Customer no.", "Customer number", "Customer ID",
                     "Kundennummer", "Kunden-Nr."),
        ),
        TemplateColumn("Name", "name", required=True, maximum="200", aliases=("Customer name", "Company", "Firma")),
        TemplateColumn("E-mail", "email", maximum="254", aliases=("Email", "Mail", "E-mail address", "Email address")),
        TemplateColumn("Country", "country", maximum="100", aliases=("Land",)),
        TemplateColumn("Discount", "discount", "percent", minimum="0", maximum="1", aliases=("Discount %", "Rabatt")),
    ),
    page="customers.index",
    open=lambda organization_id, _: CustomerTable(organization_id),
)  # fmt: skip

REFERENCE = Reference("customers.number", "customer", named)
