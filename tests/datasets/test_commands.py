"""`bin/flask datasets …`, as scripts call it."""

import json

import pytest

from .test_datasets import Shelf, row


@pytest.fixture
def call(app):
    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["datasets", *arguments], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


@pytest.fixture
def shelf(app, cast):
    shelf = Shelf(app, cast.ada.organization_id)
    shelf.put(*[row(f"N{number:04d}", str(number)) for number in range(1_200)])
    return shelf


def test_all_rows_are_printed_unless_fewer_are_asked_for(call, shelf):
    code, printed = call("rows", "Hours", "--json")
    assert (code, printed["total"], len(printed["rows"])) == (0, 1_200, 1_200)
    assert printed["rows"][0] == {"code": "N0000", "hours": 0, "day": "2026-01-05"}
    assert len(call("rows", "Hours", "--limit", "7", "--json")[1]["rows"]) == 7
    assert [r["code"] for r in call("rows", "Hours", "--offset", "1199", "--json")[1]["rows"]] == ["N1199"]


def test_rows_are_searched_and_sorted_as_on_the_page(call, shelf):
    _, printed = call("rows", "Hours", "--search", "N11", "--sort", "hours", "--descending", "--limit", "1", "--json")
    assert printed["rows"][0]["code"] == "N1199"


def test_datasets_are_listed_with_their_rows_and_columns(call, shelf):
    code, printed = call("list", "--json")
    assert (code, printed["datasets"][0]["name"], printed["datasets"][0]["rows"]) == (0, "Hours", 1_200)
    assert [column["field"] for column in printed["datasets"][0]["columns"]] == ["code", "hours", "day"]


def test_a_dataset_that_is_not_there_is_named(call, shelf):
    code, printed = call("rows", "Minutes", "--json")
    assert code == 1
    assert "There is no dataset called “Minutes”." in printed
