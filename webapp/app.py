"""The composition root: the only file that knows every room."""

from collections.abc import Mapping
from typing import Any

from flask import Flask

from . import (
    accounts,
    campaigns,
    commerce,
    config,
    console,
    datasets,
    db,
    demo,
    exports,
    extensions,
    hello,
    imports,
    instance,
    logs,
    migrations,
    proving,
    seeding,
    serving,
    web,
)


def create_app(environment: Mapping[str, str] | None = None, **overrides: Any) -> Flask:
    """The application for one instance folder. Settings come from the environment, or from `environment` if given;
    `overrides` are Flask's own, for tests.

    Raises InvalidSettings and UnusableInstance.
    """
    settings = config.load() if environment is None else config.load(environment)
    secret_key = instance.prepare(settings["INSTANCE_DIR"])
    app = Flask("webapp", root_path=str(config.PROJECT), instance_path=str(settings["INSTANCE_DIR"]))
    app.config |= {**settings, "SECRET_KEY": secret_key, **overrides}
    logs.init_app(app)
    db.init_app(app, settings["INSTANCE_DIR"] / "app.db", settings["DATABASE_URL"])
    migrations.init_app(app)
    extensions.init_app(app)
    web.init_app(app)
    for room in (accounts, imports, datasets, exports, commerce, campaigns, console, hello, proving, seeding, demo):
        room.init_app(app)
    serving.init_app(app)
    return app
