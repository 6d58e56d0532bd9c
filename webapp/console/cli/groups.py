"""The groups that the commands of this room belong to."""

from flask.cli import with_appcontext

from webapp.extensions import kernel
from webapp.web.commands import Commands


@with_appcontext
def _sync() -> None:
    """What the code declares is there from the first, also before any worker has run."""
    kernel.schedules.sync()


jobs = Commands("jobs", help="Jobs: look at them, start, stop and keep them in order.")
queues = Commands("queues", help="Queues: list, pause, resume.")
schedules = Commands("schedules", help="Schedules: list, enable, disable, run out of turn.", callback=_sync)
groups = (jobs, queues, schedules)
