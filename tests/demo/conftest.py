"""What a demonstration prints, with a worker at hand."""

import json

import pytest


@pytest.fixture
def call(app):
    """Calls a command; answers its exit code and what it prints: the object, or the text."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["demo", *arguments], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if "--json" in arguments and not done.exit_code else done.output

    return call
