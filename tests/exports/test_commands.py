"""`bin/flask exports …`, as scripts call it."""

import json

import pytest

from .conftest import lines


@pytest.fixture
def call(app, cast):
    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["exports", *map(str, arguments)], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


@pytest.mark.usefixtures("worker")
def test_a_file_is_put_where_it_is_wanted(call, stocked, tmp_path):
    stocked()
    target = tmp_path / "hours.csv"
    asked = ("--where", "hours>=6", "--columns", "Hours, code", "--sort", "hours", "--json")
    code, printed = call("run", "Hours", "--to", target, *asked)
    assert (code, printed["status"], printed["rows"], printed["file"]) == (0, "completed", 1, str(target))
    assert lines(target.read_text("utf-8-sig")) == [["Hours", "Code"], ["6.0", "N0024"]]
    assert printed["notes"] == []
    assert [path.name for path in tmp_path.glob("hours*")] == ["hours.csv"]


def test_an_export_is_on_its_way_at_once(call, stocked):
    stocked()
    code, printed = call("run", "Hours", "--json")
    assert (code, printed["status"], printed["export_id"]) == (0, "pending", 1)
    code, printed = call("list", "--json")
    assert [(each["dataset"], each["format"], each["is_there"]) for each in printed["exports"]] == [
        ("Hours", "xlsx", False)
    ]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("Minutes",), "no dataset called “Minutes”"),
        (("Hours", "--where", "hours"), "is no condition"),
        (("Hours", "--columns", "minutes"), "It has: code"),
        (("Hours", "--to", "hours.pdf"), "no export as “pdf”"),
        (("Hours", "--owner", "nobody@example.org"), "nobody@example.org"),
    ],
)
def test_what_cannot_be_had_is_said(call, stocked, arguments, said):
    stocked()
    code, printed = call("run", *arguments, "--json")
    assert (code, printed["status"]) == (1, "failed")
    assert said in printed["error_message"]


def test_wrong_usage_exits_with_2(call):
    assert call("run")[0] == 2
    assert call("run", "Hours", "--format", "pdf")[0] == 2
