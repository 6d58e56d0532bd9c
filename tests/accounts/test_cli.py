"""The commands of accounts."""

import json
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask

from tests.conftest import PASSWORD, Cast, MakeApp
from webapp import accounts


def run(app: Flask, *arguments: str, stdin: str = "") -> Result:
    return app.test_cli_runner().invoke(args=["users", *arguments], input=stdin)


def create(app: Flask, email: str, *arguments: str, stdin: str = f"{PASSWORD}\n") -> Result:
    return run(app, "create", email, "--role", "member", "--password-stdin", *arguments, stdin=stdin)


def test_a_user_who_was_created_can_sign_in(app: Flask) -> None:
    result = create(app, "Nia@Example.org", "--organization", "Harbour Office", "--json")
    assert result.exit_code == 0
    shown = json.loads(result.stdout)
    assert shown["id"] > 0
    assert (shown["email"], shown["name"], shown["role"]) == ("nia@example.org", "Nia", "member")
    assert shown["organization"] == "Harbour Office"
    answer = app.test_client().submit("/sign-in", email="nia@example.org", password=PASSWORD)
    assert answer.status_code == 303


def test_without_json_a_sentence_is_printed(app: Flask) -> None:
    assert create(app, "nia@example.org").stdout == "nia@example.org can sign in now.\n"


def test_the_organization_is_main_unless_said(app: Flask) -> None:
    assert json.loads(create(app, "nia@example.org", "--json").stdout)["organization"] == "Main"


@pytest.mark.parametrize(
    ("email", "stdin", "sentence"),
    [
        ("mia@example.org", f"{PASSWORD}\n", "mia@example.org already has an account."),
        ("MIA@EXAMPLE.ORG", f"{PASSWORD}\n", "mia@example.org already has an account."),
        ("nia", f"{PASSWORD}\n", "“nia” is no e-mail address."),
        ("nia@example.org", "short\n", "The password has 5 characters; 15 are the least."),
        ("nia@example.org", "", "The password has 0 characters"),
        ("nia@example.org", "passwordpassword\n", "This password is among the first that others would try."),
    ],
)
def test_bad_input_is_refused_with_a_sentence(app: Flask, cast: Cast, email: str, stdin: str, sentence: str) -> None:
    result = create(app, email, stdin=stdin)
    assert result.exit_code == 1
    assert sentence in result.stderr
    assert "Traceback" not in result.stderr


def test_an_unknown_role_is_wrong_usage(app: Flask) -> None:
    result = run(app, "create", "nia@example.org", "--role", "captain", "--password-stdin")
    assert result.exit_code == 2
    assert "'admin', 'manager', 'member'" in result.stderr


def test_everybody_is_listed(app: Flask, cast: Cast) -> None:
    found = json.loads(run(app, "list", "--json").stdout)["users"]
    assert [user["email"].split("@")[0] for user in found] == ["ada", "max", "mia", "otto"]
    assert "password" not in json.dumps(found)
    assert "ada@example.org" in run(app, "list").stdout


def test_nobody_is_listed_with_a_sentence(empty_app: Flask) -> None:
    assert run(empty_app, "list").stdout == "Nobody has an account yet.\n"


def test_a_deactivated_user_stays_listed(app: Flask, cast: Cast) -> None:
    assert run(app, "deactivate", "Mia@example.org").stdout == "mia@example.org can no longer sign in.\n"
    found = json.loads(run(app, "list", "--json").stdout)["users"]
    assert [user["is_active"] for user in found] == [True, True, False, True]


def test_nobody_unknown_is_deactivated(app: Flask) -> None:
    result = run(app, "deactivate", "nia@example.org")
    assert (result.exit_code, "nia@example.org has no account here." in result.stderr) == (1, True)


def test_the_first_command_may_come_before_the_first_start(make_app: MakeApp, tmp_path: Path) -> None:
    nothing = tmp_path / "nothing.db"
    nothing.touch()
    app = make_app(database=nothing)
    assert create(app, "nia@example.org").exit_code == 0


def test_an_account_made_by_command_closes_the_set_up(empty_app: Flask) -> None:
    with empty_app.app_context():
        assert accounts.first_admin_token()
    create(empty_app, "nia@example.org")
    assert not (Path(empty_app.config["INSTANCE_DIR"]) / "first_admin_token").exists()
    assert empty_app.test_client().get("/first-admin").status_code == 404
