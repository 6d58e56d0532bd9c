"""`bin/flask jobs monitor`: the live terminal (REQUIREMENTS D7)."""

import click
from flask.cli import with_appcontext

from webapp.extensions import kernel


@click.command("monitor")
@click.option("--once", is_flag=True, help="Print one picture and end.")
@with_appcontext
def monitor(once: bool) -> None:
    """Watch jobs, queues and workers in the terminal; q ends it."""
    # Here, for no web server and no worker needs what they load.
    from .monitor_frame import picture_of
    from .terminal import show

    show(lambda height: picture_of(kernel, height), once)
