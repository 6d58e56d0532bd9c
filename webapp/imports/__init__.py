"""Workbooks become rows: templates, uploads, imports."""

from flask import Flask, url_for

from webapp.jobs import Picture
from webapp.web import live
from webapp.web.job_views import has_page

from . import (
    after_cli,
    after_routes,
    check_pages,
    check_routes,
    mapping_routes,
    pages,
    routes,
    template_cli,
    template_routes,
    undo_jobs,
)
from .jobs import CHECK_KIND, KIND


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
