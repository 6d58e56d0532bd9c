"""The smoke-test job: it only logs."""

from flask import Flask

from . import cli as cli
from . import jobs as jobs
from .routes import blueprint


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(blueprint)
