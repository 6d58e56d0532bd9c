"""The demonstration: jobs in both styles, interrupted and going on, with figures that show that nothing is lost."""

from flask import Flask

from webapp.web import live

from . import comparing, pages, routes, touring
from .cli import group

__all__ = ["comparing", "init_app", "touring"]


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(routes.demo)
    app.cli.add_command(group)
    live.register(app, "demo", pages.page)
