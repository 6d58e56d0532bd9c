"""The pages and commands of jobs, and the one poll."""

from flask import Flask

from webapp.web import live

from . import operations_page, pages
from .cli import group, groups
from .monitor import monitor
from .operations import operations
from .routes import jobs, polls


def init_app(app: Flask) -> None:
    """Adds the room to the application."""
    app.register_blueprint(jobs)
    app.register_blueprint(operations)
    app.register_blueprint(polls)
    for each in groups:
        app.cli.add_command(each)
    group.add_command(monitor)
    app.context_processor(lambda: {"live": live.current()})
    live.register(app, "job", pages.job_page)
    live.register(app, "failed-items", pages.failed_items_page)
    live.register(app, "jobs", pages.list_page)
    live.register(app, "operations", operations_page.page)
