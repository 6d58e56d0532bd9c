"""Tables of people's own making, and their rows."""

from flask import Flask

from .cli import group
from .routes import blueprint


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(blueprint)
    app.cli.add_command(group)
