"""What the features share of an application: the kernel of jobs and the cache."""

from typing import cast

from flask import Flask, current_app
from flask_caching import Cache
from werkzeug.local import LocalProxy

from webapp.config import POOLS
from webapp.jobs import Kernel, Schedule, Settings

from . import db

cache = Cache()


def _current_kernel() -> Kernel:
    return cast(Kernel, current_app.extensions["jobs"])


kernel = cast(Kernel, LocalProxy(_current_kernel))
"""The kernel of the current application."""

SCHEDULES: tuple[Schedule, ...] = (
    Schedule("tidy exports", "exports.tidy", every=3600, title="Remove expired exports"),
)
"""What runs again and again. Handlers are named here, for their rooms know this module."""


def init_app(app: Flask) -> None:
    """Gives `app` its cache and its kernel."""
    instance = app.config["INSTANCE_DIR"]
    app.config |= {"CACHE_TYPE": "webapp.cache.SqliteCache", "CACHE_FILE": instance / "cache.db"}
    cache.init_app(app)
    app.extensions["jobs"] = _kernel_for(app)


def _kernel_for(app: Flask) -> Kernel:
    settings = Settings(
        pools=POOLS,
        queue_file=app.config["INSTANCE_DIR"] / "queue.db",
        secret=app.config["SECRET_KEY"].encode(),
        active_limit=app.config["ACTIVE_JOBS"],
        lease_seconds=app.config["LEASE_SECONDS"],
        status_seconds=app.config["STATUS_HOURS"] * 3600,
        schedules=SCHEDULES,
        keep_days=app.config["KEEP_JOBS_DAYS"],
    )
    return Kernel(
        settings, db.writing, db.reading, cache, context=app.app_context, forked=lambda: db.leave_to_parent(app)
    )
