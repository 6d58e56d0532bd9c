"""The Huey instances, one for each pool: `huey_consumer tasks.huey` serves the main one."""

from webapp.app import create_app

app = create_app()
engines = app.extensions["jobs"].engines
huey = engines["main"].huey
