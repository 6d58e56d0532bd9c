"""Datasets: rows put in, found, sorted, paged, and only seen by their organization."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from webapp.datasets import service
from webapp.datasets.changes import NewRow, Outcome, put
from webapp.datasets.service import NewColumn
from webapp.db import reading, writing

pytestmark = pytest.mark.every_database

NOW = datetime(2026, 11, 22, tzinfo=UTC)
COLUMNS = [NewColumn("code", "Code", "text"), NewColumn("hours", "Hours", "decimal"), NewColumn("day", "Day", "date")]


class Shelf:
    """A dataset of the Harbour Office, and what a test does with it."""

    def __init__(self, app, organization_id):
        self._app = app
        with app.app_context(), writing() as session:
            self._id = service.ensure(session, organization_id, "Hours", COLUMNS, NOW).id

    def put(self, *rows):
        with self._app.app_context(), writing() as session:
            return put(session, self._id, [NewRow(number, *row) for number, row in enumerate(rows, 2)], NOW)

    def rows(self, *arguments, **options):
        with self._app.app_context(), reading() as session:
            dataset = service.find_by_name(session, "Hours")
            found = session.scalars(service.rows_query(dataset, *arguments, **options))
            return [service.values_of(row) for row in found]

    def codes(self, *arguments, **options):
        return [values["code"] for values in self.rows(*arguments, **options)]


@pytest.fixture
def dataset(app, cast):
    return Shelf(app, cast.ada.organization_id)


def row(code, hours="1", day="2026-01-05"):
    return f'["{code}"]', f'{{"code":"{code}","hours":{hours},"day":"{day}"}}'


def test_rows_are_inserted_updated_or_left_as_they_are(dataset):
    assert dataset.put(row("A"), row("B")) == Outcome(inserted=2)
    assert dataset.put(row("A"), row("B", "2"), row("C")) == Outcome(inserted=1, updated=1, unchanged=1)


@pytest.mark.parametrize("batches", [1, 2, 3])
def test_a_key_that_comes_again_counts_again_wherever_a_batch_ends(dataset, batches):
    rows = [row("A", "1"), row("A", "2"), row("A", "2")]
    sizes = {1: [3], 2: [1, 2], 3: [1, 1, 1]}[batches]
    total = [0, 0, 0]
    for size in sizes:
        counts = dataset.put(*[rows.pop(0) for _ in range(size)])
        total = [a + b for a, b in zip(total, (counts.inserted, counts.updated, counts.unchanged), strict=True)]
    assert total == [1, 1, 1]
    assert dataset.codes() == ["A"]


def test_rows_without_a_key_are_always_added(dataset):
    assert dataset.put((None, "{}"), (None, "{}")) == Outcome(inserted=2)
    assert dataset.put((None, "{}")) == Outcome(inserted=1)


def test_numbers_sort_as_numbers_and_texts_without_regard_to_case(dataset):
    dataset.put(row("b", "10"), row("A", "9"), row("c", "100"))
    assert dataset.codes(sort="hours") == ["A", "b", "c"]
    assert dataset.codes(sort="hours", descending=True) == ["c", "b", "A"]
    assert dataset.codes(sort="code") == ["A", "b", "c"]


def test_an_unknown_field_sorts_nothing(dataset):
    dataset.put(row("b"), row("a"))
    assert dataset.codes(sort="1; DROP TABLE dataset_rows") == ["b", "a"]


@pytest.mark.parametrize(
    ("text", "found"), [("quay", ["Quay 1"]), ("100%", []), ("_", []), ('"', ['say "x"']), ("é", ["é"])]
)
def test_what_is_searched_for_is_taken_literally(dataset, text, found):
    dataset.put(("1", '{"code":"Quay 1"}'), ("2", '{"code":"say \\"x\\""}'), ("3", '{"code":"é"}'))
    assert dataset.codes(text) == found


def test_a_number_keeps_every_digit(dataset):
    dataset.put(row("A", "12345678901234567890.123456789"))
    assert service.text_of(dataset.rows()[0]["hours"]) == "12,345,678,901,234,567,890.123456789"


class TestPages:
    def test_an_empty_list_says_why_and_what_to_do(self, at_ada):
        page = at_ada.get("/datasets").text
        assert "No datasets yet" in page
        assert "Import a workbook" in page

    def test_rows_are_paged(self, dataset, at_ada):
        dataset.put(*[row(f"N{n:03d}") for n in range(120)])
        first, last = at_ada.get("/datasets/1").text, at_ada.get("/datasets/1?page=3").text
        assert "N000" in first
        assert "N050" not in first
        assert "N119" in last
        assert "120 rows" in first

    @pytest.mark.parametrize(
        "query", ["page=0", "page=-1", "page=x", "page=99", "sort=nothing", "direction=up", "q=%00"]
    )
    def test_odd_addresses_do_no_harm(self, dataset, at_ada, query):
        dataset.put(row("N000"))
        assert at_ada.get(f"/datasets/1?{query}").status_code == 200

    def test_a_search_that_finds_nothing_says_so(self, dataset, at_ada):
        dataset.put(row("N000"))
        assert "No row matches" in at_ada.get("/datasets/1?q=zebra").text

    def test_another_organization_finds_nothing(self, dataset, app, cast, sign_in):
        at_otto = sign_in(app.test_client(), cast.otto)
        assert at_otto.get("/datasets/1").status_code == 404
        assert "Hours" not in at_otto.get("/datasets").text


@pytest.mark.parametrize(
    ("stored", "type_", "text"),
    [
        (Decimal("0.125"), "percent", "12.5 %"),
        (1, "percent", "100 %"),
        ("P1DT43200S", "duration", "36:00:00"),
        ("-PT90S", "duration", "-0:01:30"),
        ("08:30:00", "time", "08:30:00"),
        (Decimal("1234567.80"), "decimal", "1,234,567.80"),
        (True, "boolean", "yes"),
        (None, "percent", ""),
    ],
)
def test_values_are_shown_as_people_read_them(stored, type_, text):
    assert service.text_of(stored, type_) == text
