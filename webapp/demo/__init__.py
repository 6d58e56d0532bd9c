"""The demonstration: jobs in both styles, interrupted and going on, with figures that show that nothing is lost."""

from flask import Flask

from .cli import group


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.cli.add_command(group)
