"""Running it all: the web server and the workers under one supervisor."""

import errno
import fcntl
import os
import socket
import sys
import time
from pathlib import Path

import click
from flask import Flask, current_app

from webapp.config import POOLS
from webapp.extensions import kernel
from webapp.jobs.supervisor import Child, Supervisor, fork, program
from webapp.migrations import migrate
from webapp.web.commands import sentence_of

from . import accounts

LAST_REQUESTS = 7
"""Seconds that the web server may take to answer the requests it has when it is told to stop."""


def init_app(app: Flask) -> None:
    """Adds the commands."""
    app.cli.add_command(serve)
    app.cli.add_command(worker)


@click.command()
def serve() -> None:
    """Run web, workers and housekeeping until Ctrl-C; what `bin/run` does."""
    settings = current_app.config
    lock = _only_one(settings["INSTANCE_DIR"])
    _refuse_unusable_address(settings["HOST"], settings["PORT"])
    _migrate()
    children = [_web_server(settings["HOST"], settings["PORT"]), *(_consumer(pool.name) for pool in POOLS)]
    click.echo(f"Longshore is at http://{settings['HOST']}:{settings['PORT']}")
    if (token := accounts.first_admin_token()) is not None:
        click.echo(f"Nobody has an account yet. Sign up as the first admin with this token: {token}")
    with lock:
        sys.exit(Supervisor(children).run())


@click.command()
@click.option("--pool", type=click.Choice([pool.name for pool in POOLS]), help="Only this pool, in this very process.")
def worker(pool: str | None) -> None:
    """Run the workers: of all pools, or of one."""
    _migrate()
    if pool is not None:
        kernel.engines[pool].consume()
        return
    sys.exit(Supervisor([_consumer(pool.name) for pool in POOLS]).run())


def _migrate() -> None:
    """Brings the schema up to date, or ends with a sentence."""
    try:
        migrate()
    except Exception as error:
        if sentence := sentence_of(error):
            raise click.ClickException(sentence) from None
        raise


def _web_server(host: str, port: int) -> Child:
    settings = current_app.config
    options = {
        "config": "python:webapp.web_signals",
        "bind": f"{host}:{port}",
        "workers": settings["WEB_WORKERS"],
        "threads": settings["WEB_THREADS"],
        "worker-class": "gthread",
        "graceful-timeout": LAST_REQUESTS,
        "timeout": 120,  # an upload of the largest workbook over a slow line
        "log-level": "warning",
    }
    flags = [f"--{name}={value}" for name, value in options.items()]
    command = [sys.executable, "-m", "gunicorn", "--no-control-socket", "--preload", *flags, "wsgi:app"]
    return program("web server", command)


def _consumer(pool: str) -> Child:
    return fork(f"workers of pool {pool}", f"bin/flask worker --pool {pool}", lambda: kernel.engines[pool].consume())


def _refuse_unusable_address(host: str, port: int) -> None:
    """Says in time what the web server would find out too late.

    A web server whose supervisor was killed still answers its last requests; its port is waited for.
    """
    deadline = time.monotonic() + LAST_REQUESTS + 1
    try:
        if not _is_free(host, port):
            click.echo(f"{host}:{port} is in use; waiting {LAST_REQUESTS + 1} s for it.")
        while not _is_free(host, port) and time.monotonic() < deadline:
            time.sleep(0.2)
        with socket.create_server((host, port)):
            pass
    except OSError as error:
        reason = str(error.strerror).partition(" (")[0].lower()
        raise click.ClickException(f"{host}:{port} cannot be used: {reason}. Set HOST and PORT to others.") from None


def _is_free(host: str, port: int) -> bool:
    try:
        with socket.create_server((host, port)):
            return True
    except OSError as error:
        return error.errno != errno.EADDRINUSE  # whatever else is wrong with it will not pass


def _only_one(instance: Path):
    """Holds the instance folder for this process; two supervisors in one folder would run everything twice."""
    lock = (instance / "serving.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise click.ClickException(f"Longshore already runs with {instance}. Stop it, or set INSTANCE_DIR.") from None
    os.chmod(lock.name, 0o600)
    return lock
