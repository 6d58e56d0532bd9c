"""Built-in tables that imports can go into: what a room says of its table, and which there are.

A table keeps **documents**: a customer, or an order with its lines. A row of a workbook is a **part** of one: the whole
customer, or one line of the order. A room registers a `BuiltIn` when the application is put together.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from sqlalchemy.orm import Session

from webapp.datasets.changes import Refusal

from ..templates.columns import TemplateColumn
from .history import Document

__all__ = ["BuiltIn", "Document", "Flaw", "Present", "Refusal", "Row", "Table", "TemplateColumn", "exact", "register"]


class Row(NamedTuple):
    """A row of a workbook: its number there, and the values of its fields."""

    number: int
    values: Document


class Present(NamedTuple):
    """A document as the table has it, under its id."""

    id: int
    document: Document


class Flaw(NamedTuple):
    """What is wrong with the value of a field: `code` for programs, `reason` for people."""

    field: str
    code: str
    reason: str


class Table(Protocol):
    """A built-in table of one organization, or the part of it that an import goes into."""

    def tidied(self, values: Document) -> Document:
        """The values of a row as the table keeps them: an address in small letters, nothing as zero."""

    def refusals(self, session: Session, rows: Sequence[Row]) -> list[Refusal]:
        """Rows that cannot be taken whatever is there, as those of people who want no messages."""

    def flaws(self, values: Document) -> Iterable[Flaw]:
        """Values that the table cannot keep. They are asked for only where they differ from what is there."""

    def wanted(self, values: Document) -> Collection[str]:
        """Fields that a new row must have."""

    def name_of(self, document: Document) -> str:
        """What a document goes by: also that of the document which a row's values are a part of."""

    def by_name(self, session: Session, names: Collection[str], *, lock: bool = False) -> list[Present]:
        """The documents of these names, as JSON has them (see `exact`); with `lock`, nobody else changes them now."""

    def by_id(self, session: Session, ids: Collection[int], *, lock: bool = False) -> list[Present]:
        """The documents of these ids, by id."""

    def part_of(self, document: Document, values: Document) -> Document | None:
        """What the document has in place of the row with these values, all fields of it; None if nothing."""

    def joined(self, document: Document | None, values: Document) -> Document:
        """A new document with the row in its place; None: it is the first of its document."""

    def settled(self, document: Document) -> str | None:
        """Why nothing of the document may change any more, in words; None if it may."""

    def add(self, session: Session, documents: Sequence[Document]) -> list[int]:
        """Takes documents in whose names are not there yet; answers their ids, in order."""

    def change(self, session: Session, changed: Sequence[tuple[Present, Document]]) -> None:
        """Makes of each of these documents the other."""

    def held(self, session: Session, ids: Collection[int]) -> Mapping[int, str]:
        """Of these documents those that cannot be removed, with the reason in a sentence."""

    def remove(self, session: Session, ids: Collection[int]) -> None:
        """Removes documents."""


@dataclass(frozen=True)
class Parts:
    """What a table consists of, where rows go into one of several: recipients go into a campaign.

    `argument` is the name that the id of one has in the address of its page; `name` and `id` find one of an
    organization by its id and by its name, None if there is none; `open` lists the ids and names of those that rows may
    go to.
    """

    noun: str
    argument: str
    name: Callable[[Session, int, int], str | None]
    id: Callable[[Session, int, str], int | None]
    open: Callable[[Session, int], Sequence[tuple[int, str]]]


@dataclass(frozen=True)
class BuiltIn:
    """A built-in table as people choose it. `noun` is what one of its rows is called, `page` the endpoint of the page
    that lists it; `open` opens it for an organization and, of recipients, a campaign. With `is_open_ended`, columns
    besides these are kept too.
    """

    name: str
    title: str
    noun: str
    columns: tuple[TemplateColumn, ...]
    page: str
    open: Callable[[int, int | None], Table]
    parts: "Parts | None" = None
    is_open_ended: bool = False

    @property
    def key(self) -> list[str]:
        """The fields of the key."""
        return [column.field for column in self.columns if column.key]


_tables: dict[str, BuiltIn] = {}


def register(table: BuiltIn) -> None:
    """Makes a built-in table a target of imports."""
    _tables[table.name] = table


def find(name: str) -> BuiltIn | None:
    """The built-in table of this name, or None."""
    return _tables.get(name)


def known() -> list[BuiltIn]:
    """All built-in tables, by title."""
    return sorted(_tables.values(), key=lambda table: table.title)


def exact(value: Any) -> Any:
    """A value as documents have it: a number is the same there however many places it was written with."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else value.normalize()
    return value.isoformat() if isinstance(value, date | datetime) else value
