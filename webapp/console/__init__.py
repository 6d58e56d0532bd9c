"""The pages and commands of jobs, and the one poll."""

from flask import Flask

from webapp.web import live

from . import pages
from .cli import group
from .routes import jobs, polls


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(jobs)
    app.register_blueprint(polls)
    app.cli.add_command(group)
    app.context_processor(lambda: {"live": live.current()})
    live.register(app, "job", pages.job_page)
    live.register(app, "jobs", pages.list_page)
