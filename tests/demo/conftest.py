"""What a demonstration prints, with a worker at hand."""

import json
import threading

import pytest

from webapp.extensions import kernel


@pytest.fixture
def call(app):
    """Calls a command; answers its exit code and what it prints: the object, or the text."""

    def call(*arguments):
        done = app.test_cli_runner().invoke(args=["demo", *arguments], catch_exceptions=False)
        return done.exit_code, json.loads(done.stdout) if "--json" in arguments and not done.exit_code else done.output

    return call


@pytest.fixture
def worker(app):
    """Does the worker's part meanwhile, and is seen to, until the test is over."""
    over = threading.Event()

    def work():
        with app.app_context():
            while not over.wait(0.02):
                kernel.housekeep("main")
                kernel.run_next("main")

    thread = threading.Thread(target=work)
    thread.start()
    yield
    over.set()
    thread.join()
    with app.app_context():
        kernel.sign_out("main")
