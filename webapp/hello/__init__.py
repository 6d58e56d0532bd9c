"""The smoke-test job: it only logs."""

from flask import Flask

from .cli import hello
from .routes import blueprint


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(blueprint)
    app.cli.commands["jobs"].add_command(hello)
