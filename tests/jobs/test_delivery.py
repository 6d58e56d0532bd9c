"""The engine: messages that only we can write, a bell that wakes, workers that go when their parent goes."""

import os
import pickle
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, suppress

import pytest

from webapp.config import PROJECT
from webapp.jobs.errors import UnknownServer
from webapp.jobs.messages import AlteredMessage, SignedJson
from webapp.jobs.storage import DoorbellStorage

from .storages import DELIVERIES, on_sqlite_only, tried


@pytest.fixture(params=tried(DELIVERIES))
def storage(request):
    return request.param


@pytest.fixture
def engine_of(kernel):
    return kernel.engines["main"]


def test_a_message_carries_the_id_of_a_job_and_nothing_else(engine_of, enqueue):
    job = enqueue()
    (data,) = engine_of.huey.storage.enqueued_items()
    assert job.id.encode() in bytes(data)
    assert b"A test" not in bytes(data)


def test_a_message_comes_back_as_it_was(engine_of, enqueue):
    job = enqueue()
    assert engine_of.huey.dequeue().args == (job.id,)


@pytest.mark.parametrize("position", [0, 31, 32, -1])
def test_an_altered_message_is_refused_and_logged(engine_of, enqueue, caplog, position):
    enqueue()
    storage = engine_of.huey.storage
    data = bytearray(storage.enqueued_items()[0])
    data[position] ^= 1
    storage.flush_queue()
    storage.enqueue(bytes(data))
    assert engine_of.huey.dequeue() is None
    assert "altered" in caplog.text


def test_a_pickle_is_refused_and_not_opened(engine_of):
    class Opened:
        def __reduce__(self):
            return (print, ("opened",))

    with pytest.raises(AlteredMessage):
        SignedJson(b"secret").deserialize(pickle.dumps(Opened()))


def test_a_message_of_another_installation_is_refused():
    class Message:
        id, name, priority, args = "1", "run_job", 0, ("0123456789abcdef",)

    data = SignedJson(b"theirs").serialize(Message)
    with pytest.raises(AlteredMessage):
        SignedJson(b"ours").deserialize(data)


def test_a_waiting_worker_wakes_when_a_message_comes(engine_of, enqueue):
    engine_of.huey.storage.read_timeout = 600.0
    taken: list[object] = []

    def work():
        taken.append(engine_of.huey.dequeue())
        engine_of.huey.storage.close()  # a thread may listen on a connection of its own

    worker = threading.Thread(target=work)
    worker.start()
    time.sleep(0.2)
    job = enqueue()
    worker.join(60)
    assert [task.args for task in taken] == [(job.id,)]


def test_a_ring_is_for_one_worker_only(engine_of, enqueue):
    enqueue()
    enqueue()
    assert engine_of.huey.dequeue() is not None
    assert engine_of.huey.dequeue() is not None
    engine_of.huey.storage.read_timeout = 0.01
    assert engine_of.huey.dequeue() is None


def test_a_message_can_be_taken_away_without_waiting_for_one(engine_of, enqueue):
    engine_of.huey.storage.read_timeout = 60.0
    enqueue()
    enqueue()
    assert engine_of.huey.storage.take() is not None
    assert engine_of.waiting() == 1
    assert engine_of.huey.storage.take() is not None
    assert engine_of.huey.storage.take() is None


@on_sqlite_only
def test_a_server_that_nobody_knows_is_named_with_those_that_are_known(make_kernel):
    with pytest.raises(UnknownServer, match=r"at amqp://… There are: redis, .*postgresql"):
        make_kernel(queue_url="amqp://localhost")


@on_sqlite_only
def test_a_queue_file_that_is_deleted_under_way_is_made_anew(engine_of, enqueue, kernel, tmp_path):
    enqueue()
    for path in tmp_path.glob("queue.db*"):
        if not path.name.endswith(".wake"):
            path.unlink()
    engine_of.huey.storage.read_timeout = 0.01
    assert engine_of.huey.dequeue() is None
    job = enqueue()
    assert engine_of.huey.dequeue().args == (job.id,)


def test_the_kernel_loads_no_flask():
    script = "import sys, webapp.jobs; sys.exit(any(name.split('.')[0] == 'flask' for name in sys.modules))"
    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT).returncode == 0


def test_the_reader_of_workbooks_loads_neither_flask_nor_a_database():
    script = (
        "import sys, webapp.sheets.reader.child;"
        "sys.exit(any(name.split('.')[0] in {'flask', 'sqlalchemy', 'huey'} for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], cwd=PROJECT).returncode == 0


def open_files():
    return len(os.listdir("/proc/self/fd"))


def test_a_storage_that_is_closed_leaves_nothing_open(tmp_path):
    storage = DoorbellStorage("main", str(tmp_path / "other.db"))
    before = open_files()
    for _ in range(3):
        storage.enqueue(b"message")
        assert storage.dequeue() == b"message"
        storage.close()
    assert open_files() == before


def test_a_forked_process_does_not_keep_its_parent_s_bell_open(tmp_path):
    storage = DoorbellStorage("main", str(tmp_path / "other.db"))
    storage.enqueue(b"message")
    child = os.fork()
    if child == 0:
        before = open_files()
        storage.enqueue(b"another")
        os._exit(open_files() - before)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    storage.close()


def overwrite(path):
    path.write_bytes(b"This is no database any more. " * 1_000)


def empty(path):
    os.truncate(path, 0)


@on_sqlite_only
@pytest.mark.parametrize("damage", [overwrite, empty])
def test_a_queue_file_that_is_damaged_under_way_is_made_anew(engine_of, enqueue, damage, tmp_path):
    enqueue()
    storage = engine_of.huey.storage
    storage.read_timeout = 0.01
    damage(tmp_path / "queue.db")
    for _ in range(3):
        with suppress(sqlite3.Error):
            storage.dequeue()
    job = enqueue()
    assert engine_of.huey.dequeue().args == (job.id,)


@on_sqlite_only
def test_workers_look_for_jobs_without_a_queue_while_that_does_not_answer(kernel, enqueue, script, caplog):
    script.does = lambda attempt: None
    jobs = [enqueue() for _ in range(3)]
    (worker, _), *_ = kernel.engines["main"].huey.create_consumer(workers=1).worker_threads
    with closing(sqlite3.connect(kernel.settings.queue_file, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        kernel.engines["main"].huey.storage.conn.execute("PRAGMA busy_timeout = 0")
        for _ in jobs:
            worker.loop()
    assert [kernel.find(job.id).state for job in jobs] == ["completed"] * 3
    assert caplog.text.count("the queue does not answer (database is locked)") == 1
    assert "Traceback" not in caplog.text
