"""The demonstration: jobs in both styles, interrupted and going on, with figures that show that nothing is lost."""

from flask import Flask

from . import comparing, touring
from .cli import group

__all__ = ["comparing", "init_app", "touring"]


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.cli.add_command(group)
