"""Orders as a table: a row of a workbook is one line of an order, and repeats what the whole order has.

A document is an order with its lines by position. Position 0 stands for the order alone: so one without lines has a
row too. What processing makes of an order is no part of it, but that an order was processed is: it settles it.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, cast

from sqlalchemy import Select, Table, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from webapp.db import run_many
from webapp.imports.targets.tables import BuiltIn, Document, Flaw, Present, Refusal, Row, TemplateColumn, exact

from .costing import MOST
from .customer_table import percent, percent_problem, share
from .models import Customer, Order, OrderLine
from .money import CENT

ORDERS, LINES = cast(Table, Order.__table__), cast(Table, OrderLine.__table__)
UPDATE = update(ORDERS).where(ORDERS.c.id == bindparam("this")).values(status="new", problem=None)
INSERT_LINE = insert(LINES).inline()
OF_LINE = LINES.c.order_id == bindparam("of_order"), LINES.c.position == bindparam("at")
UPDATE_LINE, DELETE_LINE = update(LINES).where(*OF_LINE), delete(LINES).where(*OF_LINE)

HEAD = ("customer", "ordered_on")
LINE = ("product", "quantity", "unit_price", "tax_rate")
NO_LINE: Document = dict.fromkeys(LINE)
LENGTHS = {"number": 40, "product": 200}
MOST_LINES = 100_000
MOST_OF_A_PRODUCT = 2**31 - 1
"""What a column of whole numbers keeps."""
THOUSAND = Decimal(1000)
"""Tax rates beyond this percentage are typing errors; which there are is for processing to say."""


class OrderTable:
    """The orders of an organization, each a document by its number."""

    def __init__(self, organization_id: int) -> None:
        self._organization_id = organization_id

    def tidied(self, values: Document) -> Document:
        """As they came."""
        return values

    def refusals(self, session: Session, rows: Sequence[Row]) -> list[Refusal]:
        """None besides customers that cannot be found."""
        return []

    def flaws(self, values: Document) -> Iterable[Flaw]:
        """What the columns of an order or a line cannot keep."""
        for name, longest in LENGTHS.items():
            if len(str(values.get(name) or "")) > longest:
                yield Flaw(name, "too_long", f"has more than {longest} characters")
        if not 0 <= values["position"] <= MOST_LINES:
            yield Flaw("position", "wrong_position", f"is not between 0 and {MOST_LINES:,}")
        if abs(values.get("quantity") or 0) > MOST_OF_A_PRODUCT:
            yield Flaw("quantity", "too_large", f"is more than {MOST_OF_A_PRODUCT:,}")
        yield from _money_flaws(values.get("unit_price"))
        if reason := percent_problem(values.get("tax_rate"), THOUSAND):
            yield Flaw("tax_rate", "wrong_percent", reason)
        if values["position"] == 0 and (given := [name for name in LINE if values.get(name) is not None]):
            yield Flaw(given[0], "no_line", "has a value, but line 0 stands for the order alone; number lines from 1")

    def wanted(self, values: Document) -> Collection[str]:
        """The date of an order, and everything of a line."""
        return ("number", "position", "ordered_on", *(LINE if values["position"] else ()))

    def name_of(self, document: Document) -> str:
        """The number."""
        return str(document["number"])

    def by_name(self, session: Session, names: Collection[str], *, lock: bool = False) -> list[Present]:
        """As `Table` says."""
        return self._found(session, ORDERS.c.number.in_(names), lock)

    def by_id(self, session: Session, ids: Collection[int], *, lock: bool = False) -> list[Present]:
        """As `Table` says."""
        return self._found(session, ORDERS.c.id.in_(ids), lock)

    def part_of(self, document: Document, values: Document) -> Document | None:
        """The line at that position, with what the whole order has."""
        head = {"number": document["number"], "position": values["position"]} | {f: document[f] for f in HEAD}
        if values["position"] == 0:
            return head | NO_LINE
        line = document["lines"].get(str(values["position"]))
        return None if line is None else head | line

    def joined(self, document: Document | None, values: Document) -> Document:
        """The line in its place; what the whole order has becomes what this row says."""
        blank: Document = dict.fromkeys(HEAD) | {"number": str(values["number"]), "processed": False, "lines": {}}
        new = (document or blank) | {name: values[name] for name in HEAD if name in values}
        if values["position"]:
            place = str(values["position"])
            line = new["lines"].get(place, NO_LINE) | {name: values[name] for name in LINE if name in values}
            new["lines"] = new["lines"] | {place: line}
        return new

    def settled(self, document: Document) -> str | None:
        """A processed order stays what it was processed as."""
        return (
            "is of an order that was processed already; it does not change any more" if document["processed"] else None
        )

    def add(self, session: Session, documents: Sequence[Document]) -> list[int]:
        """As `Table` says."""
        heads = self._heads(session, documents)
        rows = [head | {"organization_id": self._organization_id, "status": "new"} for head in heads]
        returning = insert(ORDERS).returning(ORDERS.c.id, sort_by_parameter_order=True)
        ids = list(session.scalars(returning, rows))
        edits = _LineEdits()
        for order_id, document in zip(ids, documents, strict=True):
            edits.note(order_id, {}, document["lines"])
        edits.write(session)
        return ids

    def change(self, session: Session, changed: Sequence[tuple[Present, Document]]) -> None:
        """As `Table` says. The order is new then: what was wrong with it may be right."""
        edits = _LineEdits()
        for there, document in changed:
            edits.note(there.id, there.document["lines"], document["lines"])
        edits.write(session)
        heads = self._heads(session, [document for _, document in changed])
        rows = [(there.id, *head.values()) for (there, _), head in zip(changed, heads, strict=True)]
        run_many(session, UPDATE, ("this", "number", "customer_id", "ordered_on"), rows, {})

    def held(self, session: Session, ids: Collection[int]) -> Mapping[int, str]:
        """None: an order can go unless it has changed."""
        return {}

    def remove(self, session: Session, ids: Collection[int]) -> None:
        """As `Table` says, with their lines."""
        session.execute(delete(LINES).where(LINES.c.order_id.in_(ids)))
        session.execute(delete(ORDERS).where(ORDERS.c.id.in_(ids)))

    def _found(self, session: Session, condition: Any, lock: bool) -> list[Present]:
        query: Select[Any] = select(ORDERS.c.id, ORDERS.c.number, ORDERS.c.ordered_on, ORDERS.c.status, Customer.number)
        query = query.select_from(ORDERS.outerjoin(Customer.__table__)).where(condition)
        query = query.where(ORDERS.c.organization_id == self._organization_id).order_by(ORDERS.c.id)
        orders = session.execute(query.with_for_update(of=ORDERS) if lock else query).all()
        lines = _lines_of(session, [row[0] for row in orders])
        return [
            Present(row_id, {"customer": customer, "ordered_on": ordered_on.isoformat(), "number": number}
                    | {"processed": status == "processed", "lines": lines.get(row_id, {})})
            for row_id, number, ordered_on, status, customer in orders
        ]  # fmt: skip

    def _heads(self, session: Session, documents: Sequence[Document]) -> list[dict[str, Any]]:
        """What the documents have for the columns of orders."""
        numbers = {document["customer"] for document in documents} - {None}
        query = select(Customer.number, Customer.id).where(Customer.organization_id == self._organization_id)
        ids: dict[str, int] = dict(session.execute(query.where(Customer.number.in_(numbers))).all()) if numbers else {}
        return [
            {
                "number": document["number"],
                "customer_id": ids.get(document["customer"]),
                "ordered_on": date.fromisoformat(document["ordered_on"]),
            }
            for document in documents
        ]


@dataclass
class _LineEdits:
    """What makes the lines of some orders into others."""

    new: list[tuple[Any, ...]] = field(default_factory=list)
    changed: list[tuple[Any, ...]] = field(default_factory=list)
    gone: list[tuple[Any, ...]] = field(default_factory=list)

    def note(self, order_id: int, before: Document, after: Document) -> None:
        """Notes how the lines of one order change."""
        for place in before.keys() | after.keys():
            if before.get(place) == after.get(place):
                continue
            kind = self.new if place not in before else self.gone if place not in after else self.changed
            kind.append((order_id, int(place), *(_stored(after[place]) if place in after else ())))

    def write(self, session: Session) -> None:
        """Does it."""
        run_many(session, DELETE_LINE, ("of_order", "at"), sorted(self.gone), {})
        run_many(session, UPDATE_LINE, ("of_order", "at", *LINE), sorted(self.changed), {})
        run_many(session, INSERT_LINE, ("order_id", "position", *LINE), sorted(self.new), {})


def _stored(line: Document) -> tuple[Any, ...]:
    """The values of a line, in the order of LINE, as the columns take them."""
    return line["product"], line["quantity"], Decimal(line["unit_price"]), percent(line["tax_rate"])


def _lines_of(session: Session, order_ids: Sequence[int]) -> dict[int, Document]:
    """The lines of orders, by the order's id and the line's position."""
    found: dict[int, Document] = {}
    if not order_ids:
        return found
    query = select(LINES.c.order_id, LINES.c.position, *(LINES.c[name] for name in LINE))
    query = query.where(LINES.c.order_id.in_(order_ids)).order_by(LINES.c.order_id, LINES.c.position)
    for order_id, position, product, quantity, unit_price, tax_rate in session.execute(query):
        line = {"product": product, "quantity": quantity, "unit_price": exact(unit_price), "tax_rate": share(tax_rate)}
        found.setdefault(order_id, {})[str(position)] = line
    return found


def _money_flaws(price: Decimal | int | None) -> Iterable[Flaw]:
    if price is None:
        return
    if abs(price) > MOST:
        yield Flaw("unit_price", "too_large", f"is more than {MOST:,}")
    elif Decimal(price) != Decimal(price).quantize(CENT):
        yield Flaw("unit_price", "too_precise", f"{price} has more than two places; prices are in whole cents")


BUILT_IN = BuiltIn(
    name="orders",
    title="Orders",
    noun="order line",
    columns=(
        TemplateColumn(
            "Order", "number", required=True, key=True, maximum="40",
            aliases=("Order no", "Order no.", "Order number", "Order ID", "Number", "Auftrag", "Bestellnummer"),
        ),
        TemplateColumn(
            "Line", "position", "integer", required=True, key=True, minimum="0",
            aliases=("Position", "Pos", "Pos.", "Line no", "Line number", "Item"),
        ),
        TemplateColumn(
            "Customer", "customer", "reference", references="customers.number",
            aliases=("Customer no", "Customer number", "Customer ID", "Customer name", "Kunde", "Kundennummer"),
        ),
        TemplateColumn(
            "Ordered on", "ordered_on", "date", required=True, aliases=("Date", "Order date", "Ordered", "Datum")
        ),
        TemplateColumn("Product", "product", maximum="200", aliases=("Article", "Description", "Artikel")),
        TemplateColumn("Quantity", "quantity", "integer", aliases=("Qty", "Pieces", "Menge")),
        TemplateColumn("Unit price", "unit_price", "decimal", aliases=("Price", "Net price", "Einzelpreis", "Preis")),
        TemplateColumn("Tax rate", "tax_rate", "percent", maximum="10", aliases=("Tax", "Tax %", "VAT", "MwSt")),
    ),
    page="orders.index",
    open=lambda organization_id, _: OrderTable(organization_id),
)  # fmt: skip
