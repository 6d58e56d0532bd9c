"""Datasets become files: workbooks, CSV, JSON Lines."""

from flask import Flask, url_for

from webapp.jobs import Picture
from webapp.web import live
from webapp.web.job_views import has_page

from . import pages
from .cli import group
from .jobs import KIND
from .routes import blueprint


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(blueprint)
    app.cli.add_command(group)
    live.register(app, "export", pages.export_page)
    live.register(app, "exports", pages.exports_page)
    live.register(app, "dataset", pages.dataset_page)
    has_page(app, KIND, _address)


def _address(shown: Picture) -> str:
    return url_for("exports.show", export_id=shown["subject_id"])
