"""The cache on SQLite: JSON, across processes and forks, never more than a cache."""

import os
import threading

import pytest

from webapp.cache import SqliteCache


@pytest.fixture
def cache(tmp_path):
    return SqliteCache(tmp_path / "cache.db")


def test_values_come_back_as_they_were(cache):
    cache.set("job", {"status": "running", "rows": [1, None, 2.5, "ä"]})
    assert cache.get("job") == {"status": "running", "rows": [1, None, 2.5, "ä"]}
    assert cache.get("another") is None


def test_several_values_are_kept_together(cache):
    cache.set("a", 0)
    assert cache.set_many({"a": 1, "b": [2]}, timeout=10) == ["a", "b"]
    assert (cache.get("a"), cache.get("b")) == (1, [2])
    assert cache.set_many({}) == []


def test_what_has_expired_is_gone(cache, monkeypatch):
    cache.set("short", 1, timeout=10)
    cache.set("long", 2, timeout=1_000)
    now = __import__("time").time()
    monkeypatch.setattr("webapp.cache.time.time", lambda: now + 11)
    assert (cache.get("short"), cache.get("long")) == (None, 2)
    assert cache.add("short", 3)


def test_many_values_come_in_the_order_of_their_keys(cache, monkeypatch):
    for name in ("one", "two"):
        cache.set(name, [name], timeout=1_000)
    cache.set("short", 1, timeout=10)
    now = __import__("time").time()
    monkeypatch.setattr("webapp.cache.time.time", lambda: now + 11)
    assert cache.get_many("two", "short", "none", "one", "two") == [["two"], None, None, ["one"], ["two"]]
    assert cache.get_many() == []


def test_only_the_first_adds(cache):
    assert cache.add("lock", 1)
    assert not cache.add("lock", 2)
    assert cache.get("lock") == 1


def test_only_one_of_many_threads_adds(cache):
    won: list[bool] = []
    threads = [threading.Thread(target=lambda: won.append(cache.add("lock", 1))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert won.count(True) == 1


def test_nothing_alive_makes_room_for_anything(cache):
    for number in range(2_000):
        cache.set(f"key {number}", number)
    assert all(cache.get(f"key {number}") == number for number in range(2_000))


def test_a_forked_process_sees_and_is_seen(cache):
    cache.set("from", "parent")
    child = os.fork()
    if child == 0:
        cache.set("seen", cache.get("from"))
        os._exit(0)
    os.waitpid(child, 0)
    assert cache.get("seen") == "parent"


def test_a_file_that_vanishes_is_made_anew(cache, tmp_path):
    cache.set("key", 1)
    for path in tmp_path.glob("cache.db*"):
        path.unlink()
    assert cache.get("key") is None
    cache.set("key", 2)
    assert cache.get("key") == 2


@pytest.mark.parametrize("content", [b"", b"this is no database, whatever its name says" * 100])
def test_a_damaged_file_is_made_anew(tmp_path, content):
    (tmp_path / "cache.db").write_bytes(content)
    cache = SqliteCache(tmp_path / "cache.db")
    cache.set("key", 1)
    assert cache.get("key") == 1


def test_keys_can_be_forgotten(cache):
    cache.set("key", 1)
    assert cache.has("key")
    assert cache.delete("key")
    assert not cache.delete("key")
    cache.set("key", 1)
    cache.clear()
    assert not cache.has("key")
