"""Pages of a long list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from sqlalchemy import Select, func, literal, select
from sqlalchemy.orm import Session

Item = TypeVar("Item")
SIZE, LARGEST = 50, 200


@dataclass(frozen=True)
class Page(Generic[Item]):
    """One page of a list: its items, its number from 1, how many pages and items there are, the items a page."""

    items: list[Item]
    number: int
    pages: int
    total: int
    size: int
    is_cut: bool = False

    @classmethod
    def of(
        cls,
        session: Session,
        query: Select[Any],
        number: str | int | None = 1,
        size: int = SIZE,
        *,
        at_most: int | None = None,
        many: Select[Any] | None = None,
        total: int | None = None,
    ) -> "Page[Any]":
        """A page of the entities that the query finds, or of its rows' first values.

        `number` may come from an address as it is: whatever is no page of the list means the nearest one.
        With `at_most`, a longer list is cut there, and told so by `is_cut`: no more are counted or reached. It is
        then read by the query `many`, which finds the same in a way that is quick for long lists. A `total` that is
        known already is not counted.
        """
        size = max(1, min(size, LARGEST))
        if total is None:
            total = _count(session, query, at_most)
        is_cut = at_most is not None and total > at_most
        if is_cut:
            query, total = query if many is None else many, at_most or 0
        wanted, pages = _place(number, total, size)
        found = session.scalars(query.limit(size).offset((wanted - 1) * size)).unique()
        return cls(list(found), wanted, pages, total, size, is_cut)

    @classmethod
    def of_keys(
        cls,
        session: Session,
        query: Select[Any],
        key: Any,
        keys: Sequence[Any],
        number: str | int | None = 1,
        size: int = SIZE,
        *,
        is_cut: bool = False,
    ) -> "Page[Any]":
        """A page of what a search has found: the values of the column `key`, in their order, in which `query` puts
        the entities too.
        """
        wanted, pages = _place(number, len(keys), size)
        shown = keys[(wanted - 1) * size : wanted * size]
        found = session.scalars(query.where(key.in_(shown))) if shown else ()
        return cls(list(found), wanted, pages, len(keys), size, is_cut)

    @property
    def first(self) -> int:
        """The place of the page's first item in the whole list, from 1; 0 in an empty list."""
        return (self.number - 1) * self.size + 1 if self.items else 0

    @property
    def last(self) -> int:
        """The place of the page's last item in the whole list."""
        return self.first + len(self.items) - 1 if self.items else 0


def _count(session: Session, query: Select[Any], at_most: int | None) -> int:
    """How many items the query finds; no more than one beyond `at_most` are counted."""
    counted = query.order_by(None).with_only_columns(literal(1), maintain_column_froms=True)
    counted = counted if at_most is None else counted.limit(at_most + 1)
    return session.scalar(select(func.count()).select_from(counted.subquery())) or 0


def _place(number: str | int | None, total: int, size: int) -> tuple[int, int]:
    """The page that is nearest to the one asked for, and how many there are."""
    pages = max(1, -(-total // size))
    return min(page_number(number), pages), pages


def page_number(text: str | int | None) -> int:
    """The page that an address asks for; 1 if it asks for none that there can be."""
    digits = str(text or 1).strip()
    return max(1, int(digits)) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 1
