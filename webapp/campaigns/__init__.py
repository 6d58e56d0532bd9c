"""Campaigns: a message to many, each of them once, however often its sending is stopped."""

from flask import Flask, url_for

from webapp.jobs import Picture
from webapp.web import live
from webapp.web.job_views import has_page

from . import built_in, pages
from .cli import group
from .jobs import KIND
from .routes import blueprint
from .unsubscribe_routes import blueprint as unsubscribing


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    built_in.register()
    app.register_blueprint(blueprint)
    app.register_blueprint(unsubscribing)
    app.cli.add_command(group)
    live.register(app, "campaign", pages.campaign_page)
    has_page(app, KIND, _address)


def _address(shown: Picture) -> str:
    return url_for("campaigns.job", campaign_id=shown["subject_id"], job_id=shown["id"])
