"""One command starts all of it: again and again, side by side, never twice in one folder, never half."""

import os
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from tests.installation import PROJECT, free_port, installation, wait_for

from .conftest import StartHarbour
from .harbour import Harbour

pytestmark = pytest.mark.live
PROMISED_SECONDS = 15
"""A second start is ready within so many seconds (issue "First light")."""


def refusal(folder: Path, **settings: str) -> str:
    """What `bin/run` says when it does not start; fails when it does."""
    environment = {**os.environ, "INSTANCE_DIR": str(folder), "PORT": str(free_port()), **settings}
    done = subprocess.run([PROJECT / "bin" / "run"], env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode not in (0, None)
    assert "Traceback" not in done.stderr
    return done.stdout + done.stderr


def test_an_instance_makes_itself_and_keeps_all_that_it_writes_and_starts_again_soon(tmp_path: Path):
    before = contents_of_the_project()
    with installation(tmp_path / "instance") as fresh:
        assert fresh.sign_up_token()
        modes = {path.name: oct(path.stat().st_mode & 0o777) for path in [fresh.folder, *fresh.folder.iterdir()]}
        assert modes["secret_key"] == "0o600"
        assert modes["instance"] == "0o700", "nobody else can reach the databases in it"
        assert modes.keys() >= {"app.db", "queue.db", "uploads", "secret_key"}
        assert fresh.stop() == 0
        began = time.monotonic()
        fresh.start()
        assert time.monotonic() - began < PROMISED_SECONDS
        assert "Traceback" not in fresh.log.read_text()
    assert contents_of_the_project() == before


def test_two_instances_side_by_side_do_not_meet(harbour: Harbour, start_harbour: StartHarbour):
    neighbour = start_harbour()
    answers = [each.ada.submit("/jobs/hello", page="/jobs") for each in (harbour, neighbour)]
    ids = [answer.location.rpartition("/")[2] for answer in answers]
    for each, own, foreign in ((harbour, *ids), (neighbour, *ids[::-1])):
        assert each.ended(own)["state"] == "completed"
        assert [job["id"] for job in each.books.jobs()] == [own]
        assert each.ada.get(f"/jobs/{foreign}").status == 404


def test_a_second_start_in_the_same_folder_is_refused_and_disturbs_nothing(harbour: Harbour):
    family = {process.pid for process in harbour.everything()}
    assert "Longshore already runs with" in refusal(harbour.folder)
    assert {process.pid for process in harbour.everything()} == family
    assert harbour.is_ready()


def test_settings_that_cannot_be_used_are_refused_one_sentence_each(tmp_path: Path):
    said = refusal(tmp_path / "instance", PORT="abc", WEB_WORKERS="0", LOG_LEVEL="loud").splitlines()
    assert said == [
        "Longshore did not start: a setting in the environment cannot be used.",
        "  PORT='abc' must be a whole number from 1 to 65,535.",
        "  WEB_WORKERS='0' must be a whole number from 1 to 64.",
        "  LOG_LEVEL='loud' must be DEBUG, INFO, WARNING or ERROR.",
    ]
    assert not (tmp_path / "instance").exists()


def test_an_instance_folder_that_cannot_be_one_is_refused(tmp_path: Path):
    (tmp_path / "instance").write_text("a file")
    assert "The instance folder cannot be used." in refusal(tmp_path / "instance")


def test_a_port_that_something_else_listens_on_is_refused(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = str(other.getsockname()[1])
        said = refusal(tmp_path / "instance", PORT=port)
    assert f"127.0.0.1:{port} cannot be used: address already in use. Set HOST and PORT to others." in said


def test_an_address_of_another_machine_is_refused(tmp_path: Path):
    assert "Set HOST and PORT to others." in refusal(tmp_path / "instance", HOST="192.0.2.1")


def test_the_consumer_that_comes_with_huey_serves_the_main_pool_and_stops_as_promised(start_harbour: StartHarbour):
    stopped = start_harbour()
    stopped.stop()
    job_id = stopped.json("jobs", "hello")["id"]
    command = [PROJECT / ".venv" / "bin" / "huey_consumer", "tasks.huey"]
    with stopped.log.open("ab") as log:
        consumer = subprocess.Popen(command, env=stopped.environment, cwd=PROJECT, stdout=log, stderr=log)
    try:
        assert stopped.ended(job_id)["state"] == "completed"
        wait_for("signed-in consumer", lambda: stopped.books.all("SELECT * FROM job_workers"))
        consumer.send_signal(signal.SIGTERM)
        assert consumer.wait(12) == 0
    finally:
        consumer.kill()
        consumer.wait()
    assert "Traceback" not in stopped.said()
    assert "housekeeping failed" not in stopped.said()
    assert stopped.books.all("SELECT * FROM job_workers") == []


def test_a_running_installation_has_nothing_to_complain_about(harbour: Harbour, few_hours: Path):
    assert harbour.ended(harbour.start_import(few_hours))["state"] == "completed"
    lines = harbour.said().splitlines()
    assert [line for line in lines if "WARNING" in line or "ERROR" in line or "Traceback" in line] == []


def contents_of_the_project() -> set[Path]:
    """What lies in the checkout at its top, and in an instance folder there."""
    return {*PROJECT.iterdir(), *(PROJECT / "instance").glob("*")}


def test_a_command_finds_files_where_it_is_called_from_and_takes_no_code_from_there(tmp_path: Path):
    (tmp_path / "hours.csv").write_text("Name,Hours\nAda,7\n")
    (tmp_path / "csv.py").write_text("raise RuntimeError('this is no part of Longshore')")
    command = [PROJECT / "bin" / "flask", "imports", "report", "hours.csv"]
    environment = {**os.environ, "INSTANCE_DIR": str(tmp_path / "instance")}
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "1 row below the header" in done.stdout
