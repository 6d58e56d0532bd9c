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
        text = "yes" if setting.default is True else "no" if setting.default is False else str(setting.default)
        assert setting.parse(text) == setting.default
