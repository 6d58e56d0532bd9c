"""`bin/flask imports blank` and `imports templates …`, as scripts call them."""

import json

import pytest

from webapp.sheets import inspect_workbook


@pytest.fixture
def call(app, cast, hours):
    """Calls a command of imports in an organization with the template Hours; answers its exit code and its output."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["imports", *map(str, arguments)], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    assert call("template-from", hours, "--name", "Hours", "--key", "Entry no", "--json")[0] == 0
    return call


def test_a_blank_workbook_is_written(call, tmp_path):
    target = tmp_path / "blank.xlsx"
    code, printed = call("blank", "Hours", "--to", target, "--json")
    assert (code, printed["columns"]) == (0, 10)
    assert inspect_workbook(target).header.labels[0] == "Entry no"


def test_templates_are_listed(call):
    code, printed = call("templates", "list", "--json")
    assert (code, [(each["name"], each["version"]) for each in printed["templates"]]) == (0, [("Hours", 1)])


def test_a_template_is_shown_with_its_columns(call):
    code, printed = call("templates", "show", "Hours", "--json")
    assert (code, printed["existing"]) == (0, "upsert")
    assert [column["field"] for column in printed["columns"] if column["key"]] == ["entry_no"]
    assert "Entry no → entry_no, text." in call("templates", "show", "Hours")[1]


def test_versions_are_shown(call):
    code, printed = call("templates", "versions", "Hours", "--json")
    assert (code, [(each["version"], each["changes"]) for each in printed["versions"]]) == (0, [(1, [])])


def test_a_template_that_is_not_there_is_refused_in_a_sentence(call, tmp_path):
    code, said = call("blank", "Weeks", "--to", tmp_path / "x.xlsx")
    assert code == 1
    assert "There is no import template called “Weeks”." in said
