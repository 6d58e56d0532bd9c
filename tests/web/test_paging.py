"""Pages of a long list."""

from collections.abc import Iterator

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from webapp.accounts.models import Organization
from webapp.accounts.moments import now
from webapp.db import writing
from webapp.web.paging import Page, page_number


@pytest.fixture
def session(empty_app: Flask) -> Iterator[Session]:
    with empty_app.app_context(), writing() as session:
        yield session


def fill(session: Session, count: int) -> Select[Organization]:
    session.add_all(Organization(name=f"{number:04}", created_at=now()) for number in range(1, count + 1))
    session.flush()
    return select(Organization).order_by(Organization.name)


@pytest.mark.parametrize(
    ("asked", "number", "first", "last"),
    [("1", 1, 1, 10), ("2", 2, 11, 20), ("3", 3, 21, 25), ("99", 3, 21, 25), ("0", 1, 1, 10), (None, 1, 1, 10)],
)
def test_a_page_holds_its_part_of_the_list(
    session: Session, asked: str | None, number: int, first: int, last: int
) -> None:
    page = Page.of(session, fill(session, 25), asked, size=10)
    assert (page.number, page.pages, page.total) == (number, 3, 25)
    assert [item.name for item in page.items] == [f"{place:04}" for place in range(first, last + 1)]
    assert (page.first, page.last) == (first, last)


def test_an_empty_list_has_one_empty_page(session: Session) -> None:
    page = Page.of(session, fill(session, 0), "5")
    assert (page.items, page.number, page.pages, page.total, page.first, page.last) == ([], 1, 1, 0, 0, 0)


def test_a_page_is_never_too_large(session: Session) -> None:
    assert len(Page.of(session, fill(session, 300), size=100_000).items) == 200


@given(st.one_of(st.none(), st.text(), st.integers().map(str)))
def test_no_text_breaks_a_page_number(text: str | None) -> None:
    assert 1 <= page_number(text) <= 999_999_999


def test_a_number_in_another_script_is_no_page() -> None:
    assert page_number("٣") == 1
    assert page_number("²") == 1
    assert page_number(" 3 ") == 3


def test_a_very_long_list_is_cut_and_says_so(session: Session) -> None:
    query = fill(session, 101)
    cut = Page.of(session, query, "99", size=25, at_most=100, many=query)
    assert (cut.total, cut.is_cut, cut.pages, cut.number) == (100, True, 4, 4)
    assert [organization.name for organization in cut.items] == [f"{number:04}" for number in range(76, 101)]


def test_a_list_that_is_just_not_too_long_is_whole(session: Session) -> None:
    whole = Page.of(session, fill(session, 100), size=25, at_most=100)
    assert (whole.total, whole.is_cut, whole.pages) == (100, False, 4)


def test_a_page_of_what_was_found_shows_its_part_of_it(session: Session) -> None:
    query = fill(session, 30)
    ids = [organization.id for organization in session.scalars(query)][:25]
    page = Page.of_keys(session, query, Organization.id, ids, "3", size=10, is_cut=True)
    assert [organization.name for organization in page.items] == ["0021", "0022", "0023", "0024", "0025"]
    assert (page.number, page.pages, page.total, page.is_cut) == (3, 3, 25, True)
    assert Page.of_keys(session, query, Organization.id, [], "3").items == []
