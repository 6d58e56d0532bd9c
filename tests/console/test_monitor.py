"""The live terminal: what stands in a picture, how it ends, and that it leaves the screen as it was."""

import fcntl
import io
import json
import os
import pty
import select
import signal
import subprocess
import sys
import termios
import time
from contextlib import suppress

import pytest
from rich.console import Console

from webapp.config import PROJECT
from webapp.console.monitor_frame import picture_of
from webapp.db import writing
from webapp.extensions import kernel
from webapp.hello.jobs import say_hello
from webapp.jobs import FINISHED, Job, clock
from webapp.jobs.models import JobWorker

COMMAND = [sys.executable, "-m", "flask", "--app", "wsgi", "jobs", "monitor"]
SHOW, HIDE = b"\x1b[?1049h", b"\x1b[?1049l"
"""What a terminal is told for a screen of one's own, and for giving it back."""


@pytest.fixture
def put(app, cast):
    """Puts a job into the ledger, in whatever state; one that has ended did so just now."""

    def put(title, **values):
        with app.app_context(), writing() as session:
            job = session.get_one(Job, say_hello(session, None).id)
            ended = {"completed_at": clock.now()} if values.get("state") in FINISHED else {}
            values = {"title": title, "owner_id": cast.ada.id, **ended, **values}
            for name, value in values.items():
                setattr(job, name, value)
            return job.id

    return put


@pytest.fixture
def at_work(put):
    """A job that is under way."""
    now = clock.now()
    cursor = json.dumps({"done": ["read"], "step": "write", "at": {"row": 61500}})
    resumed = {"started_at": now - 60, "resumed_at": now - 10, "updated_at": now, "lease_until": now + 60}
    return put(
        "Import hours.xlsx", state="running", processed=61500, total=100000, cursor=cursor, interruptions=2, **resumed
    )


@pytest.fixture
def look(app):
    """The picture as text, on a terminal of this size; all that there is, unless a height is given."""

    def look(width=80, height=None):
        console = Console(width=width, height=height or 100, highlight=False, record=True, file=io.StringIO())
        with app.app_context():
            console.print(picture_of(kernel, height))
        return console.export_text()

    return look


def test_an_idle_harbour_says_so(look):
    shown = look()
    assert "0 running, 0 waiting, 0 workers" in shown
    assert "No jobs. What is enqueued appears here by itself." in shown
    assert "No worker is running." in shown


def test_a_job_has_its_bar_its_step_its_checkpoint_and_its_interruptions(at_work, look):
    shown = look()
    assert "Import hours.xlsx" in shown
    assert "61 %" in shown
    assert "61,500 of 100,000" in shown
    assert "6,200 rows/s · about 6 s left" in shown
    assert "step write · checkpoint row 61,500 · 0" in shown
    assert "interrupted 2 times" in shown


def test_queues_and_workers_stand_below(app, at_work, look):
    now = clock.now()
    with app.app_context():
        with writing() as session:
            session.add(JobWorker(id="quay.41.ab", pool="main", workers=2, started_at=now - 90, seen_at=now))
            session.add(JobWorker(id="pier.42.cd", pool="main", workers=2, started_at=now - 90, seen_at=now - 45))
        kernel.queues.pause("default", by="Ada", reason="Moving")
    lines = [line.split() for line in look().splitlines()]
    (queue,) = [line for line in lines if line[:1] == ["default"]]
    assert queue[:6] == ["default", "main", "1", "0", "0", "0"]
    assert queue[-2:] == ["paused:", "Moving"]
    assert [line[1:4] + line[-2:] for line in lines if line[:1] == ["main"]] == [
        ["quay", "41", "2", "at", "work"],
        ["pier", "42", "2", "s", "silent"],
    ]


def test_what_waits_says_why_and_what_ended_stays_for_a_minute(put, look):
    put("Import next.xlsx")
    put("Import broken.xlsx", state="failed", error_message="Row 3 cannot be read.")
    put("Import old.xlsx", state="completed", completed_at=clock.now() - 61)
    shown = look()
    assert "Waiting to start · No worker is running." in shown
    assert "Failed · Row 3 cannot be read." in shown
    assert "old.xlsx" not in shown


@pytest.mark.parametrize("width", [80, 120])
def test_no_line_is_longer_than_the_terminal(put, at_work, look, width):
    put("Unload a ship whose name goes on and on " * 5, state="failed", error_message="It is far too long. " * 20)
    put("1,000,000 rows", state="running", processed=999_999, total=1_000_000)
    lines = look(width).splitlines()
    assert max(len(line) for line in lines) <= width
    assert any("999,999 of 1,000,000" in line for line in lines)


@pytest.mark.parametrize("height", [12, 24, 50])
def test_a_picture_is_no_higher_than_the_terminal(put, at_work, look, height):
    for number in range(30):
        put(f"Import {number}.xlsx", total=100)
    shown = look(height=height)
    assert len(shown.splitlines()) <= height
    assert "Import hours.xlsx" in shown
    assert "There are more jobs than fit here." in shown


def test_a_name_tells_the_terminal_nothing(put, look):
    put("Import \x1b[2J\x1b]0;gone\x07.xlsx \u202e", state="failed", error_message="No\x1b[31m.")
    shown = look()
    assert "\x1b" not in shown
    assert "\x07" not in shown
    assert "Import ·[2J·]0;gone·.xlsx" in shown


def test_one_picture_can_be_printed(app, at_work):
    printed = app.test_cli_runner().invoke(args=["jobs", "monitor", "--once"])
    assert printed.exit_code == 0
    assert printed.stdout.count("Import hours.xlsx") == 1


@pytest.mark.parametrize("end", [b"q", b"\x03", signal.SIGTERM])
def test_it_ends_when_asked_and_leaves_the_terminal_as_it_was(app, at_work, end):
    screen, terminal = pty.openpty()
    before = termios.tcgetattr(terminal)
    monitor = subprocess.Popen(
        COMMAND, cwd=PROJECT, env=environment(app), stdin=terminal, stdout=terminal, stderr=terminal,
        preexec_fn=lambda: (os.setsid(), fcntl.ioctl(0, termios.TIOCSCTTY, 0)),
    )  # fmt: skip
    try:
        seen = read_until(screen, b"Import hours.xlsx")
        if isinstance(end, bytes):
            os.write(screen, end)
        else:
            monitor.send_signal(end)
        seen += read_until(screen, HIDE)
        assert monitor.wait(10) == 0
        assert termios.tcgetattr(terminal) == before
        assert seen.index(SHOW) < seen.index(HIDE)
        assert b"Traceback" not in seen
    finally:
        monitor.kill()
        os.close(screen)
        os.close(terminal)


def test_in_a_pipe_it_prints_plain_pictures_until_the_pipe_is_closed(app, at_work):
    monitor = subprocess.Popen(
        COMMAND, cwd=PROJECT, env=environment(app), stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )  # fmt: skip
    try:
        seen = read_until(monitor.stdout.fileno(), b"Workers", b"No worker is running")
        monitor.stdout.close()
        assert monitor.wait(10) == 0
        assert b"\x1b" not in seen
        assert monitor.stderr.read() == b""
    finally:
        monitor.kill()
        monitor.stderr.close()


def environment(app):
    folder = str(app.config["INSTANCE_DIR"])
    return {**os.environ, "INSTANCE_DIR": folder, "TERM": "xterm-256color", "LOG_LEVEL": "ERROR"}


def read_until(descriptor, *words):
    """What comes until one of the words does."""
    seen, deadline = b"", time.monotonic() + 30
    while not any(word in seen for word in words):
        left = deadline - time.monotonic()
        assert left > 0, f"no {words} in {seen!r}"
        if select.select([descriptor], [], [], left)[0]:
            with suppress(OSError):
                seen += os.read(descriptor, 65536)
    return seen
