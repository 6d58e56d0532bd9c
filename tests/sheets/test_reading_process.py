"""The process that reads a workbook is confined, ends with its reader, and its death is a sentence."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from webapp.sheets import Limits, RowStream, WorkbookRefused, read_rows
from webapp.sheets.reader.process import ROOT
from webapp.sheets.refusals import NeedsTooMuchMemory, ReadingFailed, ReadingStopped, TakesTooLong

from .workbooks import hours_workbook

PATIENCE = 20.0


@pytest.fixture(scope="module")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return hours_workbook(tmp_path_factory.mktemp("hours") / "hours.xlsx", rows=20_000)


def wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < deadline, "It did not happen in time"
        time.sleep(0.01)


def is_gone(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
    except (FileNotFoundError, ProcessLookupError):
        return True


def death_by(number: int, stream: RowStream) -> WorkbookRefused:
    """What the reader hears if the process dies of a signal in the middle of the sheet."""
    batches = iter(stream)
    next(batches)
    os.kill(stream.pid, number)
    with pytest.raises(WorkbookRefused) as refused:
        list(batches)
    return refused.value


@pytest.mark.parametrize(
    ("number", "refusal"),
    [
        (signal.SIGKILL, ReadingStopped),
        (signal.SIGTERM, ReadingStopped),
        (signal.SIGINT, ReadingStopped),
        (signal.SIGSEGV, ReadingFailed),
        (signal.SIGABRT, NeedsTooMuchMemory),
        (signal.SIGXCPU, TakesTooLong),
    ],
)
def test_death_by_a_signal_is_a_sentence(hours: Path, number: int, refusal: type[WorkbookRefused]):
    with read_rows(hours, "Hours", 1) as stream:
        assert type(death_by(number, stream)) is refusal


def test_only_a_reading_that_was_stopped_from_outside_is_worth_a_retry(hours: Path):
    with read_rows(hours, "Hours", 1) as stream:
        assert death_by(signal.SIGKILL, stream).worth_retrying
    with read_rows(hours, "Hours", 1) as stream:
        assert not death_by(signal.SIGSEGV, stream).worth_retrying


def test_silence_is_not_waited_out_for_ever(hours: Path):
    with read_rows(hours, "Hours", 1, limits=Limits(silence_seconds=1)) as stream:
        os.kill(stream.pid, signal.SIGSTOP)
        with pytest.raises(TakesTooLong):
            list(stream)


def test_leaving_early_ends_the_process_at_once(hours: Path):
    with read_rows(hours, "Hours", 1) as stream:
        next(iter(stream))
        assert not is_gone(stream.pid)
    assert is_gone(stream.pid)


def test_an_error_in_the_readers_own_work_ends_the_process_too(hours: Path):
    with pytest.raises(ZeroDivisionError):
        with read_rows(hours, "Hours", 1) as stream:
            raise ZeroDivisionError
    assert is_gone(stream.pid)


READER = """
import signal, sys, time
from webapp.sheets import read_rows
for number in (signal.SIGTERM, signal.SIGINT):
    signal.signal(number, signal.SIG_IGN)
with read_rows(sys.argv[1], "Hours", 1) as stream:
    print(stream.pid, flush=True)
    time.sleep(60)
"""


@pytest.fixture
def reader(hours: Path):
    process = subprocess.Popen([sys.executable, "-c", READER, str(hours)], stdout=subprocess.PIPE, cwd=ROOT)
    yield process
    process.kill()
    process.wait()
    process.stdout.close()


def test_it_dies_with_its_parent(reader: subprocess.Popen[bytes]):
    pid = int(reader.stdout.readline())
    reader.kill()
    wait_until(lambda: is_gone(pid))


def test_it_can_be_terminated_although_its_parent_cannot(reader: subprocess.Popen[bytes]):
    pid = int(reader.stdout.readline())
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: is_gone(pid))
    assert reader.poll() is None


def test_it_is_confined(hours: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("SECRET_KEY", "harbour-secret")
    with read_rows(hours, "Hours", 1, limits=Limits(memory_bytes=256 * 1024 * 1024)) as stream:
        about = Path(f"/proc/{stream.pid}")
        limits = {line[:26].strip(): line[26:].split()[:2] for line in (about / "limits").read_text().splitlines()}
        assert limits["Max address space"] == ["268435456"] * 2
        assert limits["Max cpu time"][0] == "900"
        assert limits["Max file size"] == ["0", "0"]
        assert limits["Max core file size"] == ["0", "0"]
        assert b"harbour-secret" not in (about / "environ").read_bytes()
        assert os.readlink(about / "fd" / "0") == "/dev/null"
        assert os.getsid(stream.pid) == stream.pid


def test_two_sheets_can_be_read_side_by_side(hours: Path):
    with read_rows(hours, "Hours", 1) as one, read_rows(hours, "Hours", 1, batch_size=200) as two:
        for left, right in zip(one, two, strict=False):
            assert left.numbers[0] >= right.numbers[0]
    assert is_gone(one.pid)
    assert is_gone(two.pid)
