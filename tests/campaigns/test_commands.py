"""`bin/flask campaigns …`, as scripts call it."""

import json

import pytest

from webapp.extensions import kernel


@pytest.fixture
def call(app, cast):
    """Calls a command; answers its exit code and the one object that it prints."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["campaigns", *map(str, arguments)], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if done.stdout.startswith("{") else done.output

    return call


@pytest.fixture
def crane(call, tmp_path):
    (tmp_path / "body.txt").write_text("Dear {first_name|friend}")
    (tmp_path / "list.csv").write_text("\ufeffemail,name\nada@example.org,Ada\nno address,\n")
    options = ("--subject", "News", "--body", tmp_path / "body.txt", "--recipients", tmp_path / "list.csv")
    return call("create", "Crane", *options, "--per-minute", "600", "--json")


def test_a_campaign_is_made_of_files(crane, call):
    code, printed = crane
    assert (code, printed["status"], printed["per_minute"]) == (0, "draft", 600)
    assert printed["recipients"]["pending"] == 2
    assert call("show", "Crane", "--json")[1]["body"] == "Dear {first_name|friend}"
    assert [each["name"] for each in call("list", "--json")[1]["campaigns"]] == ["Crane"]
    assert "0 of 2 messages sent. 2 not yet seen to." in call("list")[1]


@pytest.mark.parametrize("style", ["iteration", "steps"])
def test_a_campaign_is_sent_in_either_style(app, crane, call, style):
    code, printed = call("send", "Crane", "--style", style, "--json")
    assert (code, printed["status"]) == (0, "pending")
    with app.app_context():
        assert kernel.run(printed["job_id"])
    assert call("show", "Crane", "--json")[1]["recipients"] | {} == {
        "pending": 0, "queued": 0, "sent": 1, "skipped": 0, "failed": 1, "bounced": 0, "uncertain": 0,
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("send", "Tug"), "There is no campaign called “Tug”."),
        (("send", "Crane", "--owner", "otto@example.org"), "There is no campaign called “Crane”."),
        (("show", "Crane", "--owner", "nobody@example.org"), "nobody@example.org has no account here."),
    ],
)
def test_what_is_not_there_is_named(crane, call, arguments, said):
    code, printed = call(*arguments)
    assert (code, said in printed) == (1, True)


def test_a_campaign_that_everybody_has_is_not_sent_again(app, crane, call):
    with app.app_context():
        kernel.run(call("send", "Crane", "--json")[1]["job_id"])
    code, printed = call("send", "Crane")
    assert (code, "has been seen to" in printed) == (1, True)


def test_wrong_usage_exits_with_2(crane, call):
    assert call("send", "Crane", "--style", "both")[0] == 2
    assert call("create", "Crane")[0] == 2
