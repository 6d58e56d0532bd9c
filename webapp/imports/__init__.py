"""Workbooks become rows: templates, uploads, imports."""

from flask import Flask, url_for

from webapp.jobs import Picture
from webapp.web import live
from webapp.web.job_views import has_page

from . import pages, routes
from .after import cli as after_cli
from .after import jobs as undo_jobs
from .after import routes as after_routes
from .checks import pages as check_pages
from .checks import routes as check_routes
from .jobs import CHECK_KIND, KIND
from .mapping import routes as mapping_routes
from .templates import cli as template_cli
from .templates import routes as template_routes


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    for room in (routes, after_routes, check_routes, mapping_routes, template_routes):
        app.register_blueprint(room.blueprint)
    app.cli.add_command(after_cli.group)
    after_cli.group.add_command(template_cli.described)
    live.register(app, "import", pages.import_page)
    live.register(app, "check", check_pages.check_page)
    live.register(app, "template", pages.template_page)
    has_page(app, KIND, _address)
    has_page(app, CHECK_KIND, _address_of_check)
    has_page(app, undo_jobs.KIND, _address_of_undone)


def _address(shown: Picture) -> str:
    return url_for("imports.job", template_id=shown["subject_id"], job_id=shown["id"])


def _address_of_check(shown: Picture) -> str:
    return url_for("checks.show", import_id=shown["subject_id"])


def _address_of_undone(shown: Picture) -> str:
    template_id, _, job_id = shown["subject_id"].partition(".")
    return url_for("imports.job", template_id=template_id, job_id=job_id)
