"""Workbooks become rows: templates, uploads, imports."""

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
    live.register(app, "import", pages.import_page)
    live.register(app, "template", pages.template_page)
    has_page(app, KIND, _address)


def _address(shown: Picture) -> str:
    return url_for("imports.job", template_id=shown["subject_id"], job_id=shown["id"])
