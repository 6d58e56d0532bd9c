"""The poll of a page to which nothing new happened, beside an empty Flask route on the same server."""

import html
import re
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median

from flask import Flask

from webapp.accounts import passwords, service
from webapp.db import writing

from .figures import Figure
from .instances import Instance, instance
from .processes import PROJECT, running, until
from .visitors import PASSWORD, sign_in

EMAIL = "ada@example.org"


def measure(tiny: bool) -> list[Figure]:
    """Requests a second of both, one connection each, in rounds that alternate; and the bytes of the answer."""
    seconds, rounds = (0.3, 1) if tiny else (2.0, 5)
    with instance() as here:
        path, cookie = _poll(here)
        with _serving(here.folder, "wsgi:app") as ours, _serving(here.folder, "benchmarks.polls:empty") as other:
            asks = ((ours, path, cookie), (other, "/", ""))
            found = [[_hammered(*ask, seconds) for ask in asks] for _ in range(rounds)]
    rate, bare = median(ours[0] for ours, _ in found), median(other[0] for _, other in found)
    size = found[0][0][1]
    reached = (None, None) if tiny else (rate >= bare / 2, size < 300)
    return [
        Figure("unchanged poll, signed in", rate, "requests/s", {"an empty Flask route": bare}, "≥ 0.5", reached[0]),
        Figure("answer to an unchanged poll, headers and all", size, "bytes", {}, "< 300", reached[1]),
    ]


def empty_app() -> Flask:
    """One route that answers with nothing."""
    app = Flask("empty")
    app.add_url_rule("/", view_func=lambda: ("", 204))
    return app


empty = empty_app()


def _poll(here: Instance) -> tuple[str, str]:
    """The address that the page of jobs polls, and the cookie of the reader."""
    with here.app.app_context(), writing() as session:
        service.create_user(
            session, email=EMAIL, name="Ada", role="member", organization="Office",
            password_hash=passwords.hashed(PASSWORD),
        )  # fmt: skip
    client = sign_in(here.app.test_client(), EMAIL)
    page = client.get("/jobs").text
    address = re.search(r'id="poller"[^>]*hx-get="([^"]+)"', page)
    assert address, page
    cookie = "; ".join(f"{cookie.key}={cookie.value}" for cookie in client._cookies.values())
    return html.unescape(address[1]), cookie


@contextmanager
def _serving(folder: Path, target: str) -> Iterator[int]:
    """The port of a server with one process, set up like that of `bin/run`."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    options = ["--bind", f"127.0.0.1:{port}", "--workers", 1, "--threads", 8, "--worker-class", "gthread"]
    command = ["-m", "gunicorn", "--no-control-socket", "--preload", "--log-level", "warning", *options, target]
    log = folder / "server.log"
    with running(*command, log=log, INSTANCE_DIR=folder):
        until("server", lambda: _listens(port))
        yield port


def _listens(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _hammered(port: int, path: str, cookie: str, seconds: float) -> tuple[float, int]:
    """By a process of its own, so that client and server share no interpreter."""
    command = [sys.executable, "-m", "benchmarks.visitors", str(port), path, cookie, str(seconds)]
    rate, size = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=True).stdout.split()
    return float(rate), int(size)
