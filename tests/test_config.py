"""The table of settings."""

from pathlib import Path

import pytest

from webapp import config


def test_defaults_hold_where_nothing_is_said():
    assert config.load({})["PORT"] == 8000
    assert config.load({"PORT": ""})["PORT"] == 8000


def test_texts_become_values():
    loaded = config.load({"PORT": "9000", "HTTPS": "Yes", "INSTANCE_DIR": "/tmp/x/../y", "LOG_LEVEL": "debug"})
    assert loaded["PORT"] == 9000
    assert loaded["HTTPS"] is True
    assert loaded["INSTANCE_DIR"] == Path("/tmp/y")
    assert config.load({"INSTANCE_DIR": "other"})["INSTANCE_DIR"] == config.PROJECT / "other"
    assert loaded["LOG_LEVEL"] == "DEBUG"


def test_every_setting_that_cannot_be_used_is_named_at_once():
    with pytest.raises(config.InvalidSettings) as refused:
        config.load({"PORT": "abc", "HTTPS": "perhaps", "WEB_THREADS": "0", "LOG_LEVEL": "LOUD"})
    assert [problem.split("=")[0] for problem in refused.value.problems] == [
        "PORT",
        "HTTPS",
        "WEB_THREADS",
        "LOG_LEVEL",
    ]
    assert "PORT='abc' must be a whole number from 1 to 65,535." in str(refused.value)


def test_every_setting_has_help_and_a_default_that_it_would_take():
    for setting in config.SETTINGS:
        assert setting.help.endswith(".")
        words = {"True": "yes", "False": "no", "None": ""}
        text = words.get(str(setting.default), str(setting.default))
        assert setting.parse(text) == setting.default


def test_a_mail_server_is_read_with_what_is_quoted_in_its_address():
    read = config.load({"SMTP_URL": "smtps://office%40example.org:pier%209@mail.example.org"})["SMTP_URL"]
    assert (read.scheme, read.host, read.port, read.user) == ("smtps", "mail.example.org", 465, "office@example.org")
    assert (read.password, "pier" in repr(read)) == ("pier 9", False)
    assert config.load({"SMTP_URL": "smtp://localhost:2525"})["SMTP_URL"].port == 2525


@pytest.mark.parametrize("text", ["mail.example.org", "http://mail.example.org", "smtp://:25", "smtp://x:y@host:port"])
def test_a_wrong_address_of_a_mail_server_is_refused_without_being_shown(text):
    with pytest.raises(config.InvalidSettings) as refused:
        config.load({"SMTP_URL": text})
    assert "SMTP_URL must be smtp://user:password@host:port" in str(refused.value)
    assert text not in str(refused.value)


@pytest.mark.parametrize(("name", "text"), [("MAIL_FROM", "office"), ("PUBLIC_URL", "mail.example.org")])
def test_addresses_that_are_none_are_refused(name, text):
    with pytest.raises(config.InvalidSettings, match=f"{name}='{text}' must be"):
        config.load({name: text})


def test_a_database_on_a_server_is_taken_by_its_address():
    assert config.load({"DATABASE_URL": "postgresql://office:pier@db/longshore"})["DATABASE_URL"].endswith(
        "@db/longshore"
    )


@pytest.mark.parametrize("text", ["sqlite:///app.db", "mysql://office:pier@db/longshore", "postgresql://a:b@c:port/d"])
def test_an_address_of_another_database_is_refused_without_being_shown(text):
    with pytest.raises(config.InvalidSettings) as refused:
        config.load({"DATABASE_URL": text})
    assert "DATABASE_URL must be postgresql://user:password@host:port/database" in str(refused.value)
    assert text not in str(refused.value)
